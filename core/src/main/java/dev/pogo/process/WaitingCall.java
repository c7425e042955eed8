package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A task that waits for an idle worker. */
final class WaitingCall {
    /**
     * The worker, reserved for this task, or the reason why there will be none. Completed once, by
     * the thread that gives it or by the task's own thread, which then no longer waits.
     */
    private final CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();

    private final long since;

    WaitingCall(long since) {
        this.since = since;
    }

    /** Returns the time at which the task began to wait. */
    long since() {
        return since;
    }

    /** Gives the worker to the task; returns false if it no longer waits. */
    boolean give(WorkerProcess worker) {
        return outcome.complete(worker);
    }

    void fail(WorkerEnd end) {
        outcome.complete(end);
    }

    /**
     * Waits for the worker.
     *
     * @return the worker; null if the time has elapsed
     * @throws WorkerProcessException if there will be none
     */
    @Nullable WorkerProcess await(long nanos) throws InterruptedException {
        try {
            return given(outcome.get(nanos, TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    /** Stops waiting; returns the worker if one was given nevertheless, or null. */
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
