package dev.pogo.channel;

import dev.pogo.sync.BriefLock;

import org.jspecify.annotations.Nullable;

/**
 * Those who wait for one thing, in the order in which they came. Each can leave from anywhere in
 * O(1). Those who are decided by what happened elsewhere stand in it until they leave or are met.
 *
 * <p>Guarded by a lock, which several lines may share. Methods that do not say otherwise are to be
 * called with it held.
 */
final class WaitingLine {
    private final BriefLock lock;
    private @Nullable Place first;
    private @Nullable Place last;
    private int size;

    WaitingLine(BriefLock lock) {
        this.lock = lock;
    }

    /** How many stand here, those among them that are decided elsewhere. */
    int size() {
        return size;
    }

    void add(Place place) {
        Place ahead = last;
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

    void remove(Place place) {
        Place ahead = place.ahead;
        Place behind = place.behind;
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

    /** Whether the first in line is one of the waiter's places. */
    boolean isLedBy(Waiter waiter) {
        return first != null && first.waiter == waiter;
    }

    /**
     * Chooses the first that still waits and takes its place out.
     *
     * @param given what it gets, or null
     * @return its place, whose waiter is to be woken, or null if nobody waits
     */
    @Nullable Place choose(@Nullable Object given) {
        Place place;
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
     * Chooses the first that still waits together with the waiter of another place, which is not
     * this very one; and takes it out.
     *
     * @param mine the other place, of the calling thread's waiter
     * @return null if nobody else waits, or that waiter is decided
     */
    @Nullable Place chooseWith(Place mine, @Nullable Object given) {
        Place place = first;
        while (place != null && !mine.waiter.isDecided()) {
            Place behind = place.behind;
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
     * Chooses all and wakes them, from a line that nobody joins any more. Takes the lock for each,
     * so that many do not hold up others, and needs no memory, for want of which it could fail.
     *
     * @param given what they get, or null
     */
    void chooseAll(@Nullable Object given) {
        Place place;
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
     * Waits until the place, in which its waiter alone stands, is chosen; for the waiter's thread,
     * without the lock.
     *
     * @param timed whether there is a deadline
     * @param deadline in terms of {@link System#nanoTime()}
     * @return false if time ran out; then the place is not chosen any more
     * @throws InterruptedException if the thread is interrupted before; likewise, as after an error
     *     of the wait itself
     */
    boolean await(Place mine, boolean timed, long deadline) throws InterruptedException {
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

    /** Takes a place out of this line or another one of the same lock, which it takes. */
    void forget(Place place) {
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
