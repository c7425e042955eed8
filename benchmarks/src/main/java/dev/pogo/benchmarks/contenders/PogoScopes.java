package dev.pogo.benchmarks.contenders;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;

import java.time.Duration;
import java.util.concurrent.Callable;

final class PogoScopes implements Scopes {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final PogoRuntime runtime;

    PogoScopes(PogoConfig config) {
        runtime = PogoRuntime.start(config);
    }

    @Override
    public void empty() {
        runtime.open().close();
    }

    @Override
    public void emptyWithDeadline() {
        runtime.open(LONG).close();
    }

    @Override
    public int oneTaskWithDeadline(Callable<Integer> work) throws InterruptedException {
        try (PogoScope scope = runtime.open(LONG)) {
            return scope.spawn(work).await();
        }
    }

    @Override
    public void nested() {
        PogoScope outer = runtime.open();
        PogoScope middle = runtime.open();
        PogoScope inner = runtime.open();
        inner.close();
        middle.close();
        outer.close();
    }

    @Override
    public void close() {
        runtime.close();
    }
}
