package dev.pogo.benchmarks.contenders;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;

final class StructuredScopesAlone implements Scopes {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Override
    public void empty() {
        StructuredTaskScope.open().close();
    }

    @Override
    public void emptyWithDeadline() {
        withDeadline().close();
    }

    private static StructuredTaskScope<Integer, Void> withDeadline() {
        return StructuredTaskScope.open(
                Joiner.<Integer>awaitAllSuccessfulOrThrow(), config -> config.withTimeout(LONG));
    }

    @Override
    public int oneTaskWithDeadline(Callable<Integer> work) throws InterruptedException {
        try (StructuredTaskScope<Integer, Void> scope = withDeadline()) {
            Subtask<Integer> subtask = scope.fork(work);
            scope.join();
            return subtask.get();
        }
    }

    @Override
    public void nested() {
        var outer = StructuredTaskScope.open();
        var middle = StructuredTaskScope.open();
        var inner = StructuredTaskScope.open();
        inner.close();
        middle.close();
        outer.close();
    }

    @Override
    public void close() {
        // There is nothing but the scopes.
    }
}
