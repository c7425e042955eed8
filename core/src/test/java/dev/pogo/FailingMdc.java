package dev.pogo;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.spi.MDCAdapter;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * While this is open, one method of SLF4J's MDC fails: it does what the test gives, before or
 * instead of what it is for. SLF4J has no door for another adapter, so this goes through the wall.
 */
public final class FailingMdc implements AutoCloseable {
    private final MDCAdapter real = MDC.getMDCAdapter();
    private final AtomicInteger calls = new AtomicInteger();

    public FailingMdc(String method, Runnable fault) {
        install(
                (MDCAdapter)
                        Proxy.newProxyInstance(
                                MDCAdapter.class.getClassLoader(),
                                new Class<?>[] {MDCAdapter.class},
                                (proxy, called, args) -> {
                                    if (called.getName().equals(method)) {
                                        calls.incrementAndGet();
                                        fault.run();
                                    }
                                    try {
                                        return called.invoke(real, args);
                                    } catch (InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                }));
    }

    private static void install(@Nullable MDCAdapter adapter) {
        try {
            Field field = MDC.class.getDeclaredField("MDC_ADAPTER");
            field.setAccessible(true);
            field.set(null, adapter);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("SLF4J has changed inside", e);
        }
    }

    /** How often the method was called. */
    public int calls() {
        return calls.get();
    }

    @Override
    public void close() {
        install(real);
    }
}
