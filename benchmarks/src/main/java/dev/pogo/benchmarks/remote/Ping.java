package dev.pogo.benchmarks.remote;

import dev.pogo.benchmarks.measure.Contender;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

import java.util.function.Supplier;

/**
 * A bare round trip to Redis. Each caller has a connection of its own.
 *
 * @param port that of the server
 * @param kind the callers' threads
 */
record Ping(int port, Supplier<Thread.Builder> kind) implements Contender {
    @Override
    public Caller caller() {
        Connection connection = new Connection("127.0.0.1", port);
        return new Caller() {
            @Override
            public void call() {
                connection.sendCommand(Command.PING);
                String reply = connection.getStatusCodeReply();
                if (!reply.equals("PONG")) {
                    throw new IllegalStateException(reply);
                }
            }

            @Override
            public void close() {
                connection.close();
            }
        };
    }

    @Override
    public Thread.Builder threads() {
        return kind.get();
    }
}
