package dev.pogo.remote;

import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Looks into the server, and waits for states. For one thread. */
final class Probe {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final int port;

    /** Kept for the next question; null after a failure. */
    private @Nullable Connection connection;

    Probe(RedisServer server) {
        port = server.port();
    }

    private @Nullable Object ask(Command command, String... args) {
        Connection used = connection;
        connection = null;
        if (used == null || !used.isConnected()) {
            used = new Connection(new HostAndPort("127.0.0.1", port));
        }
        used.sendCommand(command, args);
        Object reply = used.getOne();
        connection = used;
        return reply;
    }

    /** Returns the reply as a number, 0 if there is none. */
    long number(Command command, String... args) {
        Object value = ask(command, args);
        if (value instanceof byte[] text) {
            return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
        }
        return value instanceof Long number ? number : 0;
    }

    long length(String list) {
        return number(Command.LLEN, list);
    }

    void set(String key, String value) {
        ask(Command.SET, key, value);
    }

    void push(String list, String value) {
        ask(Command.RPUSH, list, value);
    }

    String get(String key) {
        return ask(Command.GET, key) instanceof byte[] text
                ? new String(text, StandardCharsets.UTF_8)
                : "";
    }

    /** Takes the first element of a list. */
    String pop(String list) {
        return new String(
                (byte[]) Objects.requireNonNull(ask(Command.LPOP, list)), StandardCharsets.UTF_8);
    }

    /** Returns the first member of a sorted set. */
    String first(String set) {
        return new String(
                (byte[]) list(ask(Command.ZRANGE, set, "0", "0")).getFirst(),
                StandardCharsets.UTF_8);
    }

    void run(String... command) {
        String[] args = new String[command.length - 1];
        System.arraycopy(command, 1, args, 0, args.length);
        ask(Command.valueOf(command[0]), args);
    }

    /** Returns the keys of the fleet's queue. */
    Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        for (Object key : list(ask(Command.KEYS, "pogo:*"))) {
            keys.add(new String((byte[]) key, StandardCharsets.UTF_8));
        }
        return keys;
    }

    private static List<?> list(@Nullable Object reply) {
        return (List<?>) Objects.requireNonNull(reply);
    }

    static String key(String name) {
        return "pogo:{" + Fleet.QUEUE + "}:" + name;
    }

    /** Waits for a state. */
    static void until(BooleanSupplier state, Supplier<?> description) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + BOUND + ": " + description.get());
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void until(BooleanSupplier state) {
        until(state, () -> "");
    }
}
