package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * What comes of one request: the first of the worker's answer and the worker's end counts. The
 * task's thread waits; other threads say what has come.
 */
final class Exchange {
    /** An answer, or the end of the worker. */
    private final CompletableFuture<Object> outcome = new CompletableFuture<>();

    /** Done when no thread writes the request any more. */
    private final CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();

    /** What the worker has answered; false if there is an outcome already. */
    boolean answer(Frame frame) {
        return outcome.complete(frame);
    }

    void fail(WorkerEnd end) {
        outcome.complete(end);
    }

    void sent() {
        sent.complete(null);
    }

    /** The answer, or how the worker has ended. */
    Object await() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw new AssertionError("never completed so", e);
        }
    }

    /** Not for long: it has been read, or its reader is gone, or is killed for not reading it. */
    void awaitSent() {
        sent.join();
    }
}
