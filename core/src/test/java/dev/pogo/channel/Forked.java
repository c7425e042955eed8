package dev.pogo.channel;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** What a virtual thread of its own does, which is expected to wait for something. */
public final class Forked<T> {
    private final FutureTask<T> work;
    private final Thread thread;
    private volatile boolean interruptedAtEnd;

    private Forked(Callable<T> work) {
        this.work =
                new FutureTask<>(() -> {
                    try {
                        return work.call();
                    } finally {
                        interruptedAtEnd = Thread.currentThread().isInterrupted();
                    }
                });
        this.thread = Thread.startVirtualThread(this.work);
    }

    /** Starts it. */
    public static <T> Forked<T> of(Callable<T> work) {
        return new Forked<>(work);
    }

    /** Starts it and waits until it waits. */
    public static <T> Forked<T> parked(Callable<T> work) {
        Forked<T> forked = new Forked<>(work);
        Eventually.isParked(forked.thread);
        return forked;
    }

    /** Interrupts its thread. */
    public void interrupt() {
        thread.interrupt();
    }

    boolean wasInterruptedAtEnd() {
        return interruptedAtEnd;
    }

    /** What has come of it, soon. */
    public T get() throws InterruptedException, ExecutionException {
        assertTrue(thread.join(Duration.ofSeconds(20)), () -> "does not end: " + thread);
        return work.get();
    }

    /** Expects what it has thrown. */
    public <X extends Throwable> void assertFailed(Class<X> type) {
        Throwable failure = assertThrows(ExecutionException.class, this::get).getCause();
        assertInstanceOf(type, failure);
    }
}
