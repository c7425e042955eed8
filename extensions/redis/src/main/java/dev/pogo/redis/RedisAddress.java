package dev.pogo.redis;

import dev.pogo.InvalidConfigException;
import dev.pogo.spi.Directives;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.util.JedisURIHelper;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;

/**
 * Address of a Redis server, with what is needed to log in. Immutable. Its {@link #toString()}
 * contains neither the user nor the password, so that it can be logged.
 */
public final class RedisAddress {
    private static final int DEFAULT_PORT = 6379;

    private final String host;
    private final int port;
    private final int database;
    private final boolean tls;
    private final @Nullable String user;
    private final @Nullable String password;

    private RedisAddress(
            String host,
            int port,
            int database,
            boolean tls,
            @Nullable String user,
            @Nullable String password) {
        this.host = host;
        this.port = port;
        this.database = database;
        this.tls = tls;
        this.user = user;
        this.password = password;
    }

    private RedisAddress(URI uri) {
        host = uri.getHost();
        port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        database = JedisURIHelper.getDBIndex(uri);
        tls = JedisURIHelper.isRedisSSLScheme(uri);
        String given = JedisURIHelper.getUser(uri);
        user = given == null || given.isEmpty() ? null : given;
        password = JedisURIHelper.getPassword(uri);
    }

    /**
     * Parses an address: {@code redis://HOST:PORT}, or {@code rediss://} for TLS, with {@code
     * USER:PASSWORD@} before the host and {@code /DATABASE} at the end where they are needed. The
     * port is 6379 by default, the database 0. For TLS the JVM's trust store counts, and the
     * certificate has to be that of the host.
     *
     * @param url the address; reserved characters in user and password are percent-encoded
     * @return the address
     * @throws IllegalArgumentException if it is anything else; the message does not contain it
     */
    public static RedisAddress parse(String url) {
        URI uri;
        try {
            uri = new URI(Objects.requireNonNull(url, "url"));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "is not a URL: " + e.getReason() + " at character " + e.getIndex());
        }
        boolean scheme = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
        if (!scheme || uri.getHost() == null || uri.getQuery() != null) {
            throw new IllegalArgumentException(
                    "is not like redis://HOST:PORT or rediss://HOST:PORT");
        }
        String path = uri.getPath();
        if (!path.isEmpty() && !path.matches("/\\d{0,4}")) {
            throw new IllegalArgumentException("has a path that is not the number of a database");
        }
        if (uri.getRawUserInfo() != null && JedisURIHelper.getPassword(uri) == null) {
            throw new IllegalArgumentException("has a user without a password");
        }
        return new RedisAddress(uri);
    }

    /**
     * Reads an address from a directive, in which {@code ${NAME}} stands for an environment
     * variable. A password that stands in the file itself is refused.
     *
     * @param directives the object that has the directive
     * @param name the name of the directive
     * @return the address
     * @throws InvalidConfigException if there is no such directive, or it is invalid; the message
     *     shows the value only if no secret can be in it
     */
    public static RedisAddress read(Directives directives, String name) {
        String written = directives.text(name);
        if (written == null) {
            throw directives.refuse("has no " + name + ", like \"redis://10.0.0.5:6379\"");
        }
        int at = written.lastIndexOf('@');
        int colon = written.indexOf(':', written.indexOf("//") + 2);
        if (at >= 0 && (colon < 0 || colon > at || !written.startsWith("${", colon + 1))) {
            throw directives.refuse(
                    "has a secret in "
                            + name
                            + "; put it into an environment variable, like"
                            + " \"redis://user:${REDIS_PASSWORD}@10.0.0.5:6379\"");
        }
        try {
            return parse(Objects.requireNonNull(directives.expanded(name)));
        } catch (IllegalArgumentException e) {
            throw directives.refuse(name, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Returns the same address with TLS, as if it had been written with {@code rediss://}.
     *
     * @return the address, this one if it has TLS already
     */
    public RedisAddress withTls() {
        return tls ? this : new RedisAddress(host, port, database, true, user, password);
    }

    /**
     * Returns the address of another server of the same kind, for example of the same cluster, with
     * the same user, password and TLS.
     *
     * @param otherHost its name or IP address
     * @param otherPort its port
     * @return the address
     */
    public RedisAddress at(String otherHost, int otherPort) {
        return new RedisAddress(otherHost, otherPort, database, tls, user, password);
    }

    /**
     * Returns the name or IP address of the server.
     *
     * @return the host
     */
    public String host() {
        return host;
    }

    HostAndPort hostAndPort() {
        return new HostAndPort(host, port);
    }

    int database() {
        return database;
    }

    boolean tls() {
        return tls;
    }

    @Nullable String user() {
        return user;
    }

    @Nullable String password() {
        return password;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RedisAddress that
                && host.equals(that.host)
                && port == that.port
                && database == that.database
                && tls == that.tls
                && Objects.equals(user, that.user)
                && Objects.equals(password, that.password);
    }

    @Override
    public int hashCode() {
        return Objects.hash(host, port, database, tls, user, password);
    }

    @Override
    public String toString() {
        return (tls ? "rediss://" : "redis://")
                + host
                + ':'
                + port
                + (database == 0 ? "" : "/" + database);
    }
}
