package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A task that waits for a worker to be idle. */
final class WaitingCall {
    /**
     * The worker, reserved for this task; or why there will be none. Completed once, by who gives
     * or by the task's own thread, which then waits no longer.
     */
    private final CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();

    private final long since;

    WaitingCall(long since) {
        this.since = since;
    }

    /** When it began to wait. */
    long since() {
        return since;
    }

    /** False if the task waits no longer. */
    boolean give(WorkerProcess worker) {
        return outcome.complete(worker);
    }

    void fail(WorkerEnd end) {
        outcome.complete(end);
    }

    /**
     * Waits.
     *
     * @return the worker; null if the time was up
     * @throws WorkerProcessException if there will be none
     */
    @Nullable WorkerProcess await(long nanos) throws InterruptedException {
        try {
            return given(outcome.get(nanos, TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new AssertionError("never completed so", e);
        }
    }

    /** Waits no longer; what was given all the same, or null. */
    @Nullable WorkerProcess withdraw() {
        outcome.complete(null);
        return outcome.join() instanceof WorkerProcess worker ? worker : null;
    }

    private static @Nullable WorkerProcess given(@Nullable Object outcome) {
        if (outcome instanceof WorkerEnd end) {
            throw WorkerProcess.failure(end);
        }
        return (WorkerProcess) outcome;
    }
}
