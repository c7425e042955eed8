package dev.pogo.samples.serve;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests that are being worked on, and lets no more in once it is draining. */
final class InFlight {
    private final ReentrantLock lock = new ReentrantLock();

    /** Signalled when the count has become zero. */
    private final Condition none = lock.newCondition();

    /** Guarded by the lock. */
    private int count;

    /** Written under the lock. */
    private volatile boolean draining;

    /**
     * Lets a request in.
     *
     * @return false if the server is draining; otherwise {@link #leave} has to follow
     */
    boolean enter() {
        lock.lock();
        try {
            if (!draining) {
                count++;
            }
            return !draining;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            if (--count == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isDraining() {
        return draining;
    }

    /**
     * Lets no more requests in.
     *
     * @return how many there are
     */
    int refuse() {
        lock.lock();
        try {
            draining = true;
            return count;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there are none.
     *
     * @param limit how long to wait
     * @return how many are left
     */
    int awaitNone(Duration limit) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.NANOSECONDS.convert(limit);
            while (count > 0 && left > 0) {
                left = none.awaitNanos(left);
            }
            return count;
        } finally {
            lock.unlock();
        }
    }
}
