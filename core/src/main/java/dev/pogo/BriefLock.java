package dev.pogo;

import java.io.Serial;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that is held for a few steps, and never while its holder waits for anything.
 *
 * <p>Those who want it do not line up for it. In a line, the lock goes to the thread at the head,
 * and if that is a virtual one it may have no carrier to run on: because others compute on all of
 * them, or (before Java 24) because others hold them pinned while they stand in the same line,
 * which then never moves again. So each tries for itself, with short pauses: whoever can run gets
 * the lock.
 */
final class BriefLock extends ReentrantLock {
    @Serial private static final long serialVersionUID = 1;

    private static final int TRIES_BEFORE_PAUSE = 64;
    private static final long PAUSE_NANOS = 20_000;

    /**
     * Whether it may be taken while another one is held. A virtual thread then must not pause, for
     * it would leave its carrier with the other lock in its hands.
     */
    private final boolean inner;

    private BriefLock(boolean inner) {
        this.inner = inner;
    }

    /** A lock that is taken first. */
    static BriefLock outer() {
        return new BriefLock(false);
    }

    /** A lock that may be taken under an outer one. No other is taken under it. */
    static BriefLock inner() {
        return new BriefLock(true);
    }

    @Override
    public void lock() {
        for (int tries = 1; !tryLock(); tries++) {
            if (tries % TRIES_BEFORE_PAUSE == 0 && !(inner && Thread.currentThread().isVirtual())) {
                LockSupport.parkNanos(this, PAUSE_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
