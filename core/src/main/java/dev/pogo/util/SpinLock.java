package dev.pogo.util;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock that is held for a few steps, and never while its holder waits for anything. It does not
 * record its holder and is not reentrant.
 *
 * <p>Threads that wait for the lock do not queue. In a queue, the lock goes to the thread at the
 * head, and if that is a virtual thread it may have no carrier thread to run on: because other
 * threads compute on all of them, or (before Java 24) because others that wait in the same queue
 * pin them, so that the queue never moves again. Instead each thread tries for itself, with short
 * pauses: any thread that can run gets the lock.
 *
 * <p>So it needs only a flag, whereas a lock of the JDK has a queue and takes three times the
 * memory, for each scope.
 */
public final class SpinLock {
    private static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(SpinLock.class, "held", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int TRIES_BEFORE_PAUSE = 64;
    private static final long PAUSE_NANOS = 20_000;

    /**
     * Whether the lock may be taken while another one is held. A virtual thread then must not park,
     * because it would leave its carrier thread while it holds the other lock.
     */
    private final boolean inner;

    /** Set by compare-and-set; cleared by the thread that set it. */
    private volatile boolean held;

    private SpinLock(boolean inner) {
        this.inner = inner;
    }

    /**
     * Creates a lock that is taken before any other.
     *
     * @return a new lock, not held
     */
    public static SpinLock outer() {
        return new SpinLock(false);
    }

    /**
     * Creates a lock that may be taken while an outer one is held. No other lock is taken under it.
     *
     * @return a new lock, not held
     */
    public static SpinLock inner() {
        return new SpinLock(true);
    }

    /** Acquires the lock, waiting for as long as other threads hold it. */
    public void lock() {
        for (int tries = 1; held || !HELD.compareAndSet(this, false, true); tries++) {
            pause(tries, inner);
        }
    }

    /**
     * Lets other threads run before the next attempt to get something that they are about to
     * release. For a caller that holds a lock.
     *
     * @param tries the number of attempts so far
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

    /** Never throws, because the lock is often needed in the middle of an operation. */
    private static void park() {
        try {
            LockSupport.parkNanos(SpinLock.class, PAUSE_NANOS);
        } catch (StackOverflowError | OutOfMemoryError e) {
            // A virtual thread needs both stack and memory to unmount. It keeps trying.
            Thread.onSpinWait();
        }
    }

    /** Releases the lock. Must be called by the thread that holds it. */
    public void unlock() {
        HELD.setRelease(this, false);
    }
}
