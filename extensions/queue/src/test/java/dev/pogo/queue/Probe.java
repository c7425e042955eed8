package dev.pogo.queue;

import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Looks into a server with a connection of its own for each question. */
final class Probe {
    private final int port;

    Probe(RedisServer server) {
        port = server.port();
    }

    /** Sends a command, and returns its reply with all text decoded. */
    @Nullable Object ask(String command, String... args) {
        try (Connection connection = new Connection(new HostAndPort("127.0.0.1", port))) {
            connection.sendCommand(Command.valueOf(command), args);
            return decoded(connection.getOne());
        }
    }

    private static @Nullable Object decoded(@Nullable Object reply) {
        if (reply instanceof byte[] text) {
            return new String(text, StandardCharsets.UTF_8);
        }
        if (reply instanceof List<?> values) {
            List<@Nullable Object> decoded = new ArrayList<>();
            values.forEach(value -> decoded.add(decoded(value)));
            return decoded;
        }
        return reply;
    }

    /** Sends a command, and returns its reply as text. */
    String text(String command, String... args) {
        return String.valueOf(ask(command, args));
    }

    /** Sends a command, and returns its reply as a number. */
    long number(String command, String... args) {
        return Long.parseLong(text(command, args));
    }

    /** Sends a command, and returns its reply as a list. */
    List<?> list(String command, String... args) {
        return (List<?>) Objects.requireNonNull(ask(command, args));
    }

    /** Returns the names of all keys. */
    Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        list("KEYS", "*").forEach(key -> keys.add((String) key));
        return keys;
    }

    /** Returns the names of the consumers that a group of a stream has. */
    Set<String> consumers(String stream, String group) {
        Set<String> names = new TreeSet<>();
        for (Object consumer : list("XINFO", "CONSUMERS", stream, group)) {
            List<?> about = (List<?>) consumer;
            names.add((String) about.get(about.indexOf("name") + 1));
        }
        return names;
    }

    /** Adds an entry with fields and values to a stream. */
    void add(String stream, String... fieldsAndValues) {
        List<String> args = new ArrayList<>(List.of(stream, "*"));
        args.addAll(Arrays.asList(fieldsAndValues));
        text("XADD", args.toArray(String[]::new));
    }
}
