package dev.pogo.benchmarks.redis;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A thread that owns a connection and pops for all that wait: one element with BLPOP, and as many
 * more as are there and wanted with LPOP in the same pipeline. It works on one list.
 */
final class PopThread implements AutoCloseable {
    private static final int MOST = 256;

    private final int port;
    private final byte[] list;
    private final BlockingQueue<CompletableFuture<byte @Nullable []>> waiting =
            new LinkedBlockingQueue<>();
    private final Thread thread;

    PopThread(int port, byte[] list) {
        this.port = port;
        this.list = list;
        thread = Thread.ofPlatform().daemon().name("redis-pops").start(this::loop);
    }

    /** The next element; null if there was none for a second. */
    CompletableFuture<byte @Nullable []> pop() {
        CompletableFuture<byte @Nullable []> element = new CompletableFuture<>();
        waiting.add(element);
        return element;
    }

    private void loop() {
        Deque<CompletableFuture<byte @Nullable []>> wanted = new ArrayDeque<>();
        try (Connection connection = JedisConnections.open(port)) {
            while (true) {
                if (wanted.isEmpty()) {
                    wanted.add(waiting.take());
                }
                waiting.drainTo(wanted, MOST - wanted.size());
                List<byte[]> elements = exchange(connection, wanted.size());
                if (elements.isEmpty()) {
                    wanted.forEach(element -> element.complete(null));
                    wanted.clear();
                }
                elements.forEach(element -> wanted.remove().complete(element));
            }
        } catch (JedisException e) {
            wanted.forEach(element -> element.completeExceptionally(e));
        } catch (InterruptedException e) {
            wanted.forEach(element -> element.complete(null));
        }
    }

    private List<byte[]> exchange(Connection connection, int most) {
        connection.sendCommand(new CommandArguments(Command.BLPOP).add(list).add(1));
        if (most > 1) {
            connection.sendCommand(new CommandArguments(Command.LPOP).add(list).add(most - 1));
        }
        List<byte[]> elements = new ArrayList<>(most);
        List<byte[]> first = connection.getBinaryMultiBulkReply();
        if (first != null) {
            elements.add(first.get(1));
        }
        if (most > 1) {
            List<byte[]> more = connection.getBinaryMultiBulkReply();
            elements.addAll(more == null ? List.of() : more);
        }
        return elements;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
