package dev.pogo.benchmarks.remote;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/** What a Redis server says of itself, over a connection of its own. */
final class ServerWatch implements AutoCloseable {
    private final Connection connection;
    private final long pid;

    ServerWatch(int port) {
        connection = new Connection("127.0.0.1", port);
        pid = Traffic.number(info("server"), "process_id:");
    }

    private String info(String section) {
        connection.sendCommand(Command.INFO, section);
        return connection.getBulkReply();
    }

    long pid() {
        return pid;
    }

    Traffic traffic() {
        return Traffic.of(info("all"));
    }

    @Override
    public void close() {
        connection.close();
    }
}
