package dev.pogo.process;

import dev.pogo.process.wire.Frame;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One request and its outcome: the worker's answer or the worker's end, whichever comes first. The
 * task's thread waits; other threads set the outcome.
 */
final class PendingCall {
    /** An answer, or the end of the worker. */
    private final CompletableFuture<Object> outcome = new CompletableFuture<>();

    /** Completed when no thread writes the request any more. */
    private final CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();

    /** Sets the worker's answer; returns false if there is an outcome already. */
    boolean answer(Frame frame) {
        return outcome.complete(frame);
    }

    void fail(WorkerEnd end) {
        outcome.complete(end);
    }

    void sent() {
        sent.complete(null);
    }

    /** Waits for the outcome: the answer, or how the worker has ended. */
    Object await() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    /**
     * Waits until no thread writes the request any more. This does not take long: the request has
     * been read, or its reader is gone or is killed for not reading it.
     */
    void awaitSent() {
        sent.join();
    }
}
