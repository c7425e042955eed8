package dev.pogo.channel;

import dev.pogo.sync.BriefLock;
import dev.pogo.sync.WaitObserver;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One thread's wait for one of the {@link Place}s in which it stands. It is chosen for one of them,
 * once, or leaves:
 *
 * <pre>
 * waiting ──chosen──▶ a place
 *    │ ▲
 *    │ └──▶ trying    (its own thread tries to choose another waiter, or to take something)
 *    └──leaves──▶ left
 * </pre>
 *
 * <p>Two waiters of which each stands in several places, those of two selects, must choose each
 * other in one step. So the one that finds the other first makes itself {@code trying}, in which
 * nobody can choose it and nobody takes it for gone either, and then tries to choose the other. If
 * that is trying likewise, it steps back before it tries again: so neither waits for the other.
 *
 * <p>It is itself the first of its places, and so a wait for one thing takes one object.
 */
final class Waiter extends Place {
    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(Waiter.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Values of {@link #outcome} beside null and a place. */
    private static final Object TRYING = new Object();

    private static final Object LEFT = new Object();

    private final Thread thread = Thread.currentThread();

    /**
     * Null while it waits. Leaves that by compare-and-set, to the place or {@link #LEFT} for good,
     * or to {@link #TRYING}, which only its own thread does: from there that thread moves it back
     * to null or on to a place by a plain write.
     */
    private volatile @Nullable Object outcome;

    /**
     * Whether the thread may be parked, and so has to be woken. Set by the thread before it looks
     * at the outcome for the last time; who chooses it looks after that.
     */
    private volatile boolean parks;

    /** Whether it has been chosen or has left. */
    boolean isDecided() {
        Object now = outcome;
        return now != null && now != TRYING;
    }

    /** The place that it was chosen for, or null. */
    @Nullable Place chosen() {
        return outcome instanceof Place place ? place : null;
    }

    /** Chooses it for one of its places; false if it is decided already. */
    boolean choose(Place place) {
        for (int tries = 1; !OUTCOME.compareAndSet(this, null, place); tries++) {
            if (isDecided()) {
                return false;
            }
            BriefLock.pauseHolding(tries); // it is trying, a matter of a few steps
        }
        return true;
    }

    /**
     * Chooses this for the one place and another waiter for the other, or neither; for the thread
     * of this one.
     *
     * @return false if one of them is decided already
     */
    boolean chooseBoth(Place mine, Place other) {
        for (int tries = 1; OUTCOME.compareAndSet(this, null, TRYING); tries++) {
            if (OUTCOME.compareAndSet(other.waiter, null, other)) {
                outcome = mine;
                return true;
            }
            outcome = null;
            if (other.waiter.isDecided()) {
                return false;
            }
            BriefLock.pauseHolding(tries);
        }
        return false;
    }

    /**
     * Chooses this for the place if what that stands for can be had, and else leaves both alone;
     * for the thread of this one.
     *
     * @param take tries to get it, in a few steps
     */
    void chooseIf(Place mine, BooleanSupplier take) {
        if (OUTCOME.compareAndSet(this, null, TRYING)) {
            boolean taken = false;
            try {
                taken = take.getAsBoolean();
            } finally {
                outcome = taken ? mine : null;
            }
        }
    }

    /**
     * Says that it will not be chosen any more; false if it has been, which then holds. For its own
     * thread, so it is not trying.
     */
    boolean leave() {
        Object now = outcome; // mostly it has been chosen, and a look costs less than a try
        if (now == null) {
            return OUTCOME.compareAndSet(this, null, LEFT);
        }
        return now == LEFT;
    }

    /** Wakes the thread, after it was chosen. */
    void wake() {
        if (parks) {
            LockSupport.unpark(thread);
        }
    }

    /** The thread is about to wait by other means, and is to be woken in any case. */
    void waitsElsewhere() {
        parks = true;
    }

    /**
     * Waits until it is decided, or time runs out; for its own thread. It yields once before it
     * parks: the one that it waits for is often next in line for the same carrier, and both parks
     * are saved.
     *
     * @param timed whether there is a deadline
     * @param deadline in terms of {@link System#nanoTime()}
     * @throws InterruptedException if the thread is interrupted before
     */
    void await(boolean timed, long deadline) throws InterruptedException {
        if (isDecided()) {
            return;
        }
        Thread.yield();
        WaitObserver observer = isDecided() ? null : WaitObserver.ofCurrentThread();
        if (observer == null || !observer.beginWait()) {
            park(timed, deadline);
            return;
        }
        boolean interrupted = false;
        try {
            park(timed, deadline);
        } catch (InterruptedException e) {
            interrupted = true;
            throw e;
        } finally {
            observer.endWait(interrupted);
        }
    }

    private void park(boolean timed, long deadline) throws InterruptedException {
        while (!isDecided()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (!parks) {
                parks = true;
            } else if (!timed) {
                LockSupport.park(this);
            } else {
                long nanos = deadline - System.nanoTime();
                if (nanos <= 0) {
                    return;
                }
                LockSupport.parkNanos(this, nanos);
            }
        }
    }
}
