package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/** A scope that remembers where it was opened. */
final class TracedScope extends PogoScopeImpl {
    private final Throwable openedAt = new Throwable("a scope was opened");

    TracedScope(
            PogoRuntimeImpl runtime,
            @Nullable PogoScopeImpl outer,
            @Nullable Execution opener,
            @Nullable Duration timeLimit) {
        super(runtime, outer, opener, timeLimit);
    }

    @Override
    Throwable openedAt() {
        return openedAt;
    }
}
