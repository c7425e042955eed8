package dev.pogo.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The single alarm of a scope. It fires at the scope's deadline, when the scope cancels its tasks,
 * and before that whenever the time limit of a task passes, or the owner has waited long enough for
 * some of them. After an owner's wait it stays set: it is usually due before the next wait times
 * out, so that neither wait has to do anything. An alarm that is due much later is not armed by the
 * thread that sets it, see {@link AlarmScan}.
 */
final class ScopeAlarm extends WakeUp {
    /** A time that does not come. */
    static final long NEVER = Long.MAX_VALUE;

    private static final VarHandle DUE;

    static {
        try {
            DUE = MethodHandles.lookup().findVarHandle(ScopeAlarm.class, "due", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PogoScopeImpl scope;

    /**
     * Time at or before which the alarm fires, or {@link #NEVER}. Moved to an earlier time by
     * compare-and-set, before the alarm is armed or left to the {@link AlarmScan}. The timer's
     * thread clears it before it wakes the owner, so the owner either sees that it has to be set,
     * or is woken and looks again.
     */
    private volatile long due = NEVER;

    /**
     * Whether the alarm may be or have been in the timer's heap. Written before it is added there.
     */
    private volatile boolean armed;

    /** Written before {@link #armed} is read, so that one of the two threads disarms the alarm. */
    private volatile boolean ended;

    ScopeAlarm(PogoScopeImpl scope, Timer timer, Thread owner) {
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

    /**
     * Like {@link #setFor}, for a caller that holds a lock and calls {@link Timer#attend}
     * afterwards.
     */
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
            DUE.compareAndSet(this, time, before); // so that the next call tries again
            LockSupport.unpark(thread); // the owner may have relied on this time
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
     * Arms the alarm if it is set and {@linkplain Timer#mustArm has to be armed}, or fires it if it
     * is due. For the timer's thread only.
     *
     * @return whether the alarm is set
     */
    boolean armIfSet() {
        long time = due;
        if (time == NEVER || ended) {
            return false;
        }
        if (time - System.nanoTime() <= 0) {
            fire();
        } else if (timer.mustArm(time)) {
            arm(time);
        }
        return due != NEVER;
    }

    @Override
    void release() {}

    /** Ensures that the alarm does not fire any more. For the owner, after its last wait. */
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
    void fire() {
        due = NEVER;
        LockSupport.unpark(thread);
        long next = System.nanoTime();
        try {
            next = scope.cancelOverdue();
            if (next != NEVER) {
                note(next);
            }
        } catch (Throwable e) {
            // Out of memory, for example. A scan will find it; the owner may have set it meanwhile.
            DUE.compareAndSet(this, NEVER, next);
            timer.missed();
            throw e;
        }
    }
}
