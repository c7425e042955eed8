package dev.pogo.redis;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisNoScriptException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Lua script, which Redis runs as one atomic step. Immutable. */
public final class Script {
    private final byte[] source;
    private final byte[] hash;

    private Script(byte[] source) {
        this.source = source;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(source);
            hash = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("each JVM has SHA-1", e);
        }
    }

    /**
     * Returns the script in resources beside a class.
     *
     * @param beside the class
     * @param names the names of the resources, in the order in which their texts are joined
     * @return the script
     */
    public static Script resource(Class<?> beside, String... names) {
        ByteArrayOutputStream source = new ByteArrayOutputStream();
        for (String name : names) {
            try (InputStream in = beside.getResourceAsStream(name)) {
                Objects.requireNonNull(in, name).transferTo(source);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Script(source.toByteArray());
    }

    /**
     * Runs the script on a connection that the calling thread owns. If the server does not know it,
     * it is told, and the script is run then.
     *
     * @param connection the connection
     * @param key the key that says where in a cluster the script runs
     * @param args the arguments of the script
     * @return its result
     */
    public @Nullable Object run(Connection connection, byte[] key, byte[]... args) {
        return run(connection, 0, key, args);
    }

    /**
     * Runs the script like {@link #run(Connection, byte[], byte[]...)}, together with commands that
     * were sent before it.
     *
     * @param connection the connection
     * @param before the number of commands whose replies have not been read; they are ignored
     * @param key the key that says where in a cluster the script runs
     * @param args the arguments of the script
     * @return its result
     */
    public @Nullable Object run(Connection connection, int before, byte[] key, byte[]... args) {
        byte[][] all = Command.run(this, Command.Reply.NONE, key, args).args();
        connection.sendCommand(Protocol.Command.EVALSHA, all);
        try {
            for (int i = 0; i < before; i++) {
                connection.getOne();
            }
            return connection.getOne();
        } catch (JedisNoScriptException e) {
            Connections.load(connection, List.of(this));
            connection.sendCommand(Protocol.Command.EVALSHA, all);
            return connection.getOne();
        }
    }

    byte[] source() {
        return source;
    }

    /** Returns the name by which Redis knows the script. */
    byte[] hash() {
        return hash;
    }
}
