package dev.pogo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The one alarm of a scope. It rings at the scope's deadline, when the scope cancels its tasks, and
 * before that whenever its owner has waited long enough for some of them. After an owner's wait it
 * stays set: mostly it is due before the next one runs out of time, so that neither has to do
 * anything. One that is due much later is not armed by the thread that sets it, see {@link
 * AlarmScan}.
 */
final class ScopeAlarm extends WakeUp {
    private static final long NEVER = Long.MAX_VALUE;
    private static final VarHandle DUE;

    static {
        try {
            DUE = MethodHandles.lookup().findVarHandle(ScopeAlarm.class, "due", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PogoScope scope;

    /**
     * It rings at this time or earlier, unless it is {@link #NEVER}. Moved to an earlier time by
     * compare-and-set, before this is armed or left to the {@link AlarmScan}. The timer's thread
     * clears it before it wakes the owner: so the owner either sees that it has to be set, or is
     * woken and looks again.
     */
    private volatile long due = NEVER;

    /** Whether this may be or have been in the timer's heap; written before it is added there. */
    private volatile boolean armed;

    /** Written before {@link #armed} is read, so that one of the two threads disarms this. */
    private volatile boolean ended;

    ScopeAlarm(PogoScope scope, Timer timer, Thread owner) {
        super(timer, owner);
        this.scope = scope;
    }

    @Override
    boolean setFor(long time) {
        if (!note(time)) {
            return false;
        }
        timer.attend();
        return true;
    }

    /** Likewise, for who holds a lock and calls {@link Timer#attend} afterwards. */
    boolean note(long time) {
        long before;
        do {
            before = due;
            if (before != NEVER && time - before >= 0) {
                return false;
            }
        } while (!DUE.compareAndSet(this, before, time));
        if (!timer.mustArm(time)) {
            return false;
        }
        try {
            arm(time);
        } catch (Throwable e) {
            DUE.compareAndSet(this, time, before); // so that the next one tries again
            throw e;
        }
        return true;
    }

    private void arm(long time) {
        armed = true;
        timer.noteIfEarlier(this, time);
        if (ended) {
            timer.disarm(this);
        }
    }

    /**
     * Arms this if it is set and {@linkplain Timer#mustArm has to be armed}, or rings if it is due;
     * for the timer's thread.
     *
     * @return whether it is set
     */
    boolean armIfSet() {
        long time = due;
        if (time == NEVER || ended) {
            return false;
        }
        if (time - System.nanoTime() <= 0) {
            ring();
        } else if (timer.mustArm(time)) {
            arm(time);
        }
        return due != NEVER;
    }

    @Override
    void release() {}

    /** Makes sure that it does not ring any more; for the owner, after its last wait. */
    void end() {
        ended = true;
        if (armed) {
            timer.disarm(this);
        }
    }

    boolean hasEnded() {
        return ended;
    }

    @Override
    void ring() {
        due = NEVER;
        LockSupport.unpark(thread);
        if (!scope.hasDeadline()) {
            return;
        }
        long deadline = scope.deadline();
        try {
            if (scope.isPastDeadline()) {
                scope.cancelAtDeadline();
            } else {
                note(deadline);
            }
        } catch (Throwable e) {
            // Without memory, say. A scan will find it; the owner may have set it meanwhile.
            DUE.compareAndSet(this, NEVER, deadline);
            timer.missed();
            throw e;
        }
    }
}
