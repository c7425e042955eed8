package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The numbers of a queue as they were at most a second ago. Any thread may ask. */
final class RecentNumbers {
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Asks the backend; null if it does not answer. */
    @FunctionalInterface
    interface Source {
        QueueStore.@Nullable Numbers ask() throws InterruptedException;
    }

    private final Source source;

    /** Held by the thread that asks the backend, for which the others wait. */
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.

    private QueueStore.@Nullable Numbers numbers;
    private long askedNanos;
    private boolean asked;

    RecentNumbers(Source source) {
        this.source = source;
    }

    /** Returns null if the backend does not answer, or the calling thread is interrupted. */
    QueueStore.@Nullable Numbers get() {
        try {
            lock.lockInterruptibly(); // asking has a time limit
            try {
                if (!asked || System.nanoTime() - askedNanos > RECENT_NANOS) {
                    numbers = source.ask();
                    asked = true;
                    askedNanos = System.nanoTime();
                }
                return numbers;
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
