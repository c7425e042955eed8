package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * What the jobs of several processes note in Redis, in hashes, and what tests read there. It is
 * asked again when the server is away, so what is asked must be the same when it is done twice. May
 * be used by any thread.
 */
final class FaultNotes implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final HostAndPort server;

    /** Connections that nobody uses. */
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();

    FaultNotes(String url) {
        URI uri = URI.create(url);
        server = new HostAndPort(uri.getHost(), uri.getPort());
    }

    /** Adds a field to a hash, unless it is there. */
    void note(String hash, String field, String value) throws InterruptedException {
        ask(Command.HSETNX, hash, field, value);
    }

    /** Returns a hash. */
    Map<String, String> all(String hash) throws InterruptedException {
        List<?> flat = (List<?>) Objects.requireNonNull(ask(Command.HGETALL, hash));
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < flat.size(); i += 2) {
            all.put(text(flat.get(i)), text(flat.get(i + 1)));
        }
        return all;
    }

    /** Returns the number of fields of a hash. */
    long size(String hash) throws InterruptedException {
        return (Long) Objects.requireNonNull(ask(Command.HLEN, hash));
    }

    /** Returns the names of all keys that match a pattern. */
    List<String> keys(String pattern) throws InterruptedException {
        return ((List<?>) Objects.requireNonNull(ask(Command.KEYS, pattern)))
                .stream().map(FaultNotes::text).sorted().toList();
    }

    /** Returns how many consumers wait for messages. */
    long waiting() throws InterruptedException {
        return text(ask(Command.CLIENT, "LIST"))
                .lines()
                .filter(client -> client.contains("cmd=xreadgroup") && client.contains("flags=b"))
                .count();
    }

    void configure(String directive, String value) throws InterruptedException {
        ask(Command.CONFIG, "SET", directive, value);
    }

    private static String text(@Nullable Object reply) {
        return new String((byte[]) Objects.requireNonNull(reply), StandardCharsets.UTF_8);
    }

    private @Nullable Object ask(Command command, String... args) throws InterruptedException {
        long end = System.nanoTime() + BOUND.toNanos();
        while (true) {
            try {
                return askOnce(command, args);
            } catch (JedisConnectionException e) {
                retry(e, end);
            } catch (JedisDataException e) {
                if (!String.valueOf(e.getMessage()).startsWith("LOADING")) {
                    throw e;
                }
                retry(e, end);
            }
        }
    }

    private static void retry(RuntimeException e, long end) throws InterruptedException {
        if (System.nanoTime() - end > 0) {
            throw e;
        }
        TimeUnit.MILLISECONDS.sleep(20);
    }

    private @Nullable Object askOnce(Command command, String... args) {
        Connection used = idle.poll();
        if (used == null) {
            used = new Connection(server, DefaultJedisClientConfig.builder().resp2().build());
        }
        boolean usable = false;
        try {
            used.sendCommand(command, args);
            Object reply = used.getOne();
            usable = true;
            return reply;
        } finally {
            if (usable) {
                idle.add(used);
            } else {
                used.close();
            }
        }
    }

    @Override
    public void close() {
        Connection unused;
        while ((unused = idle.poll()) != null) {
            unused.close();
        }
    }
}
