package dev.pogo.sync;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock that is held for a few steps, and never while its holder waits for anything. It does not
 * know its holder, so who holds it must not take it again.
 *
 * <p>Those who want it do not line up for it. In a line, the lock goes to the thread at the head,
 * and if that is a virtual one it may have no carrier to run on: because others compute on all of
 * them, or (before Java 24) because others hold them pinned while they stand in the same line,
 * which then never moves again. So each tries for itself, with short pauses: whoever can run gets
 * the lock.
 *
 * <p>So it needs no more than a flag, where a lock of the JDK has a line and takes three times the
 * memory, for each scope.
 */
public final class BriefLock {
    private static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(BriefLock.class, "held", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int TRIES_BEFORE_PAUSE = 64;
    private static final long PAUSE_NANOS = 20_000;

    /**
     * Whether it may be taken while another one is held. A virtual thread then must not pause, for
     * it would leave its carrier with the other lock in its hands.
     */
    private final boolean inner;

    /** Set by compare-and-set, and cleared by who has set it. */
    private volatile boolean held;

    private BriefLock(boolean inner) {
        this.inner = inner;
    }

    /**
     * A lock that is taken first.
     *
     * @return a new lock, not held
     */
    public static BriefLock outer() {
        return new BriefLock(false);
    }

    /**
     * A lock that may be taken under an outer one. No other is taken under it.
     *
     * @return a new lock, not held
     */
    public static BriefLock inner() {
        return new BriefLock(true);
    }

    /** Takes the lock, which takes as long as others hold it. */
    public void lock() {
        for (int tries = 1; held || !HELD.compareAndSet(this, false, true); tries++) {
            pause(tries, inner);
        }
    }

    /**
     * Lets others run before the next try at something that they are about to give, for who holds a
     * lock meanwhile.
     *
     * @param tries how many there were
     */
    public static void pauseHolding(int tries) {
        pause(tries, true);
    }

    private static void pause(int tries, boolean holding) {
        if (tries % TRIES_BEFORE_PAUSE == 0 && !(holding && Thread.currentThread().isVirtual())) {
            park();
        } else {
            Thread.onSpinWait();
        }
    }

    /** Never throws, for the lock is often wanted in the middle of something. */
    private static void park() {
        try {
            LockSupport.parkNanos(BriefLock.class, PAUSE_NANOS);
        } catch (StackOverflowError | OutOfMemoryError e) {
            // A virtual thread needs both to be taken off its carrier. It tries on.
            Thread.onSpinWait();
        }
    }

    /** Gives it back; for who holds it. */
    public void unlock() {
        HELD.setRelease(this, false);
    }
}
