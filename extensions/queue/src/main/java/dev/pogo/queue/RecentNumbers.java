package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The numbers of a queue as they were at most a second ago, for whoever cannot wait long. Any
 * thread may ask.
 */
final class RecentNumbers {
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long the backend may take before it counts as silent. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Asks the backend; null if it does not answer. */
    @FunctionalInterface
    interface Source {
        QueueStore.@Nullable Numbers ask() throws InterruptedException;
    }

    private final Source source;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.

    private @Nullable FutureTask<QueueStore.@Nullable Numbers> question;
    private long askedNanos;

    RecentNumbers(Source source) {
        this.source = source;
    }

    /** Returns null if the backend does not answer at once, or the thread is interrupted. */
    QueueStore.@Nullable Numbers get() {
        FutureTask<QueueStore.@Nullable Numbers> current;
        long left;
        lock.lock();
        try {
            long now = System.nanoTime();
            FutureTask<QueueStore.@Nullable Numbers> known = question;
            if (known == null || (known.isDone() && now - askedNanos > RECENT_NANOS)) {
                known = new FutureTask<>(source::ask);
                Thread.ofVirtual().name("pogo-queue-numbers").start(known);
                question = known;
                askedNanos = now;
            }
            current = known;
            left = PATIENCE_NANOS - (now - askedNanos);
        } finally {
            lock.unlock();
        }
        try {
            return current.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the numbers of a queue cannot be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
