package dev.pogo.benchmarks.redis;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A thread that owns a connection. It writes all commands that wait as one pipeline, reads all
 * replies, and then looks again. If the connection breaks, the commands of that pipeline fail; the
 * next ones get a new connection, or fail if there is none to be had. Nothing is sent twice.
 */
final class CommandThread implements AutoCloseable {
    private static final int MOST = 256;

    private record Command(CommandArguments arguments, CompletableFuture<Object> reply) {}

    private final int port;
    private final BlockingQueue<Command> queue = new LinkedBlockingQueue<>();
    private final Thread thread;

    /** Of the thread alone. */
    private @Nullable Connection connection;

    CommandThread(int port) {
        this.port = port;
        thread = Thread.ofPlatform().daemon().name("redis-commands").start(this::loop);
    }

    /** Sends a command; the reply is completed by the thread. */
    CompletableFuture<Object> send(CommandArguments arguments) {
        Command command = new Command(arguments, new CompletableFuture<>());
        queue.add(command);
        return command.reply;
    }

    private void loop() {
        List<Command> batch = new ArrayList<>(MOST);
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch, MOST - 1);
                exchange(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            drop();
        }
    }

    private void exchange(List<Command> batch) {
        try {
            Connection open = connected();
            for (Command command : batch) {
                open.sendCommand(command.arguments);
            }
            for (Command command : batch) {
                receive(open, command.reply);
            }
        } catch (JedisException e) {
            drop();
            batch.forEach(command -> command.reply.completeExceptionally(e));
        }
    }

    private static void receive(Connection open, CompletableFuture<Object> reply) {
        try {
            reply.complete(open.getOne());
        } catch (JedisDataException e) {
            reply.completeExceptionally(e);
        }
    }

    private Connection connected() {
        Connection open = connection;
        if (open == null) {
            open = JedisConnections.open(port);
            connection = open;
        }
        return open;
    }

    private void drop() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
