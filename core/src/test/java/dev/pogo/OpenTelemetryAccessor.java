package dev.pogo;

import io.micrometer.context.ThreadLocalAccessor;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;

/** Makes OpenTelemetry's context known to Micrometer's context-propagation, as the guide shows. */
final class OpenTelemetryAccessor implements ThreadLocalAccessor<Context> {
    static final String KEY = "opentelemetry";

    private final ThreadLocal<Deque<Scope>> scopes = ThreadLocal.withInitial(ArrayDeque::new);

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable Context getValue() {
        Context context = Context.current();
        return context == Context.root() ? null : context;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // closed by restore
    public void setValue(Context context) {
        scopes.get().push(context.makeCurrent());
    }

    @Override
    public void setValue() {
        setValue(Context.root());
    }

    @Override
    public void restore(Context previous) {
        restore();
    }

    @Override
    public void restore() {
        scopes.get().pop().close();
    }
}
