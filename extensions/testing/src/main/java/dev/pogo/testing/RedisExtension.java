package dev.pogo.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.util.Objects;

/**
 * Gives the tests of a class one {@link RedisServer}, as a parameter of constructors, test methods
 * and methods that run before or after them. Before each test it is made to run, if the test before
 * has killed or paused it, and emptied. It is closed after the last test of the class. Nested
 * classes use the server of the outer class.
 *
 * <p>Where {@code redis-server} is not installed the tests are aborted. They fail instead if the
 * environment variable {@code POGO_REDIS} is {@code required}.
 *
 * <p>For {@code @ExtendWith}, or a static field with {@code @RegisterExtension}.
 */
public final class RedisExtension
        implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(RedisExtension.class);

    /** Used by JUnit. */
    public RedisExtension() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        server(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        RedisServer server = server(context);
        server.run();
        assertEquals("+OK", PlainClient.ask(server.port(), "FLUSHALL"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RedisServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server(context);
    }

    /** The store closes it when the class that it belongs to has ended. */
    private static RedisServer server(ExtensionContext context) {
        return Objects.requireNonNull(
                context.getStore(NAMESPACE)
                        .computeIfAbsent(RedisServer.class, key -> start(), RedisServer.class));
    }

    private static RedisServer start() {
        if (!RedisServer.isInstalled()) {
            throw notInstalled(System.getenv("POGO_REDIS"));
        }
        return RedisServer.start();
    }

    /** What the tests end with; an error can only be thrown. */
    static TestAbortedException notInstalled(@Nullable String policy) {
        String message = "redis-server is not installed (Debian's package redis-server)";
        if ("required".equals(policy)) {
            throw new AssertionError(message + ", and POGO_REDIS=required");
        }
        System.err.println("Tests are skipped: " + message);
        return new TestAbortedException(message);
    }
}
