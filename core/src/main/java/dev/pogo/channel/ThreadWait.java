package dev.pogo.channel;

import dev.pogo.util.SpinLock;
import dev.pogo.util.WaitObserver;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A thread's wait, represented by one or more {@link LineNode}s. It is chosen for one of them,
 * once, or leaves:
 *
 * <pre>
 * waiting ──chosen──▶ a node
 *    │ ▲
 *    │ └──▶ trying    (its own thread tries to choose another waiter, or to take something)
 *    └──leaves──▶ left
 * </pre>
 *
 * <p>Two waiters that each have several nodes, those of two selects, must choose each other in one
 * step. So the one that finds the other first makes itself {@code trying}; in that state no thread
 * can choose it, and none considers it gone. It then tries to choose the other. If that one is also
 * trying, it steps back before it tries again, so that neither waits for the other.
 *
 * <p>The waiter is itself the first of its nodes, so a wait for one thing takes one object.
 */
final class ThreadWait extends LineNode {
    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME =
                    MethodHandles.lookup().findVarHandle(ThreadWait.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Values of {@link #outcome} besides null and a node. */
    private static final Object TRYING = new Object();

    private static final Object LEFT = new Object();

    private final Thread thread = Thread.currentThread();

    /**
     * Null while it waits. Changed from null by compare-and-set: to a node or {@link #LEFT}, which
     * is final, or to {@link #TRYING}, which only its own thread does. From {@code TRYING} that
     * thread moves it back to null or on to a node by a plain assignment.
     */
    private volatile @Nullable Object outcome;

    /**
     * Set when the thread may be parked, and so has to be woken. The thread sets it before it looks
     * at the outcome for the last time; the thread that chooses it reads it after that choice.
     */
    private volatile boolean parks;

    /** Returns whether it has been chosen or has left. */
    boolean isDecided() {
        Object now = outcome;
        return now != null && now != TRYING;
    }

    /** Returns the node that it was chosen for, or null. */
    @Nullable LineNode chosen() {
        return outcome instanceof LineNode place ? place : null;
    }

    /** Chooses it for one of its nodes. Returns false if it is already decided. */
    boolean choose(LineNode place) {
        for (int tries = 1; !OUTCOME.compareAndSet(this, null, place); tries++) {
            if (isDecided()) {
                return false;
            }
            SpinLock.pauseHolding(tries); // it is trying, which takes a few steps
        }
        return true;
    }

    /**
     * Chooses this waiter for one node and another waiter for the other, or neither. For this
     * waiter's thread only.
     *
     * @return false if one of them is already decided
     */
    boolean chooseBoth(LineNode mine, LineNode other) {
        for (int tries = 1; OUTCOME.compareAndSet(this, null, TRYING); tries++) {
            if (OUTCOME.compareAndSet(other.waiter, null, other)) {
                outcome = mine;
                return true;
            }
            outcome = null;
            if (other.waiter.isDecided()) {
                return false;
            }
            SpinLock.pauseHolding(tries);
        }
        return false;
    }

    /**
     * Chooses this waiter for the node if what the node stands for can be taken, and otherwise
     * changes neither. For this waiter's thread only.
     *
     * @param take tries to take it, in a few steps
     */
    void chooseIf(LineNode mine, BooleanSupplier take) {
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
     * Ensures that it will not be chosen any more. Returns false if it has been chosen, which then
     * stands. For its own thread only, so it is not trying.
     */
    boolean leave() {
        Object now = outcome; // mostly chosen, and a read costs less than a compare-and-set
        if (now == null) {
            return OUTCOME.compareAndSet(this, null, LEFT);
        }
        return now == LEFT;
    }

    /** Wakes the thread after it was chosen. */
    void wake() {
        if (parks) {
            LockSupport.unpark(thread);
        }
    }

    /** Records that the thread is about to wait by other means and must be woken in any case. */
    void waitsElsewhere() {
        parks = true;
    }

    /**
     * Waits until it is decided or time runs out. For its own thread only. It yields once before it
     * parks: the thread that it waits for is often next in line for the same carrier thread, and
     * both parks are saved.
     *
     * @param timed whether there is a deadline
     * @param deadline in terms of {@link System#nanoTime()}
     * @throws InterruptedException if the thread is interrupted first
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
