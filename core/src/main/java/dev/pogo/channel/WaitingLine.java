package dev.pogo.channel;

import dev.pogo.util.SpinLock;

import org.jspecify.annotations.Nullable;

/**
 * FIFO queue of the threads that wait for one thing. Each can leave from anywhere in O(1). A waiter
 * that was decided elsewhere remains in the line until it leaves or is encountered.
 *
 * <p>Guarded by a lock, which several lines may share. Unless stated otherwise, methods must be
 * called with the lock held.
 */
final class WaitingLine {
    private final SpinLock lock;
    private @Nullable LineNode first;
    private @Nullable LineNode last;
    private int size;

    WaitingLine(SpinLock lock) {
        this.lock = lock;
    }

    /** Returns the number of nodes, including those whose waiters were decided elsewhere. */
    int size() {
        return size;
    }

    void add(LineNode place) {
        LineNode ahead = last;
        if (ahead == null) {
            first = place;
        } else {
            ahead.behind = place;
        }
        place.ahead = ahead;
        place.line = this;
        last = place;
        size++;
    }

    void remove(LineNode place) {
        LineNode ahead = place.ahead;
        LineNode behind = place.behind;
        if (ahead == null) {
            first = behind;
        } else {
            ahead.behind = behind;
        }
        if (behind == null) {
            last = ahead;
        } else {
            behind.ahead = ahead;
        }
        place.line = null;
        place.ahead = null;
        place.behind = null;
        size--;
    }

    /** Returns whether the head is one of the waiter's nodes. */
    boolean isLedBy(ThreadWait waiter) {
        return first != null && first.waiter == waiter;
    }

    /**
     * Chooses the first waiter that still waits, and removes its node.
     *
     * @param given the element that it receives, or null
     * @return its node, whose waiter must be woken, or null if none waits
     */
    @Nullable LineNode choose(@Nullable Object given) {
        LineNode place;
        while ((place = first) != null) {
            remove(place);
            if (given != null) {
                place.element = given;
            }
            if (place.waiter.choose(place)) {
                return place;
            }
        }
        return null;
    }

    /**
     * Chooses the waiter of the given node together with the first other waiter that still waits
     * here, and removes the node of the latter.
     *
     * @param mine the node of the calling thread's waiter
     * @return the removed node; null if no other waiter waits, or the calling thread's waiter is
     *     decided
     */
    @Nullable LineNode chooseWith(LineNode mine, @Nullable Object given) {
        LineNode place = first;
        while (place != null && !mine.waiter.isDecided()) {
            LineNode behind = place.behind;
            if (place.waiter != mine.waiter) {
                if (given != null) {
                    place.element = given;
                }
                boolean both = mine.waiter.chooseBoth(mine, place);
                if (both || place.waiter.isDecided()) {
                    remove(place);
                }
                if (both) {
                    return place;
                }
            }
            place = behind;
        }
        return null;
    }

    /**
     * Chooses and wakes all waiters of a line to which no more are added. Acquires the lock for
     * each, so that a long line does not delay other threads, and allocates nothing, so that it
     * cannot fail when memory runs out.
     *
     * @param given the element that they receive, or null
     */
    void chooseAll(@Nullable Object given) {
        LineNode place;
        do {
            lock.lock();
            try {
                place = choose(given);
            } finally {
                lock.unlock();
            }
            if (place != null) {
                place.waiter.wake();
            }
        } while (place != null);
    }

    /**
     * Waits until the node, which must be the only one of its waiter, is chosen. For the waiter's
     * thread, without the lock held.
     *
     * @param timed whether there is a deadline
     * @param deadline in terms of {@link System#nanoTime()}
     * @return false if the deadline has passed; the node can then no longer be chosen
     * @throws InterruptedException if the thread is interrupted first; the node can then no longer
     *     be chosen, as after an error of the wait itself
     */
    boolean await(LineNode mine, boolean timed, long deadline) throws InterruptedException {
        try {
            mine.waiter.await(timed, deadline);
        } catch (Throwable e) {
            if (mine.waiter.leave()) {
                forget(mine);
                throw e;
            }
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
        if (mine.waiter.leave()) {
            forget(mine);
            return false;
        }
        return true;
    }

    /** Removes a node from this line, or from another one of the same lock; acquires the lock. */
    void forget(LineNode place) {
        lock.lock();
        try {
            WaitingLine line = place.line;
            if (line != null) {
                line.remove(place);
            }
        } finally {
            lock.unlock();
        }
    }
}
