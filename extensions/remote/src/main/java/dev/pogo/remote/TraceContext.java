package dev.pogo.remote;

import dev.pogo.TaskDecorator;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** OpenTelemetry's context, if that library is there: an optional dependency. */
final class TraceContext {
    private static final boolean AVAILABLE = isAvailable();

    private TraceContext() {}

    private static boolean isAvailable() {
        try {
            Class.forName(
                    "io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator",
                    false,
                    TraceContext.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Returns the headers of the calling thread's trace, null if there is none. */
    static @Nullable Map<String, String> current() {
        return AVAILABLE ? OpenTelemetry.current() : null;
    }

    /** Runs a body, on the calling thread, with a trace as its context. */
    static <T> T within(@Nullable Map<String, String> trace, Callable<T> body) throws Exception {
        return AVAILABLE && trace != null ? OpenTelemetry.within(trace, body) : body.call();
    }

    /** Returns a decorator that carries the trace into tasks, null if there are no traces. */
    static @Nullable TaskDecorator decorator() {
        return AVAILABLE ? OpenTelemetry.decorator() : null;
    }

    /** Apart, because it cannot be linked without the library. */
    private static final class OpenTelemetry {
        private static final TextMapGetter<Map<String, String>> GETTER =
                new TextMapGetter<>() {
                    @Override
                    @SuppressWarnings("deprecation") // older versions call it
                    public Iterable<String> keys(Map<String, String> carrier) {
                        return carrier.keySet();
                    }

                    @Override
                    public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
                        return carrier == null ? null : carrier.get(key);
                    }
                };

        static @Nullable Map<String, String> current() {
            Map<String, String> headers = new LinkedHashMap<>();
            W3CTraceContextPropagator.getInstance()
                    .inject(
                            Context.current(),
                            headers,
                            (carrier, key, value) -> headers.put(key, value));
            return headers.isEmpty() ? null : headers;
        }

        static <T> T within(Map<String, String> trace, Callable<T> body) throws Exception {
            return W3CTraceContextPropagator.getInstance()
                    .extract(Context.root(), trace, GETTER)
                    .wrap(body)
                    .call();
        }

        static TaskDecorator decorator() {
            return work -> Context.current().wrap(work);
        }
    }
}
