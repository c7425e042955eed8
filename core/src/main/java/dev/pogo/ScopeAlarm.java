package dev.pogo;

import java.util.concurrent.locks.LockSupport;

/**
 * The one alarm of a scope. It rings at the scope's deadline, when the scope cancels its tasks, and
 * before that whenever its owner has waited long enough for some of them. After an owner's wait it
 * stays armed: mostly it is due before the next one runs out of time, so that neither has to do
 * anything at the timer.
 */
final class ScopeAlarm extends WakeUp {
    private static final long NEVER = Long.MAX_VALUE;

    private final PogoScope scope;

    /**
     * It rings at this time or earlier, unless it is {@link #NEVER}. Written by the owner before it
     * arms this, and by the timer's thread before it wakes the owner: so the owner either sees that
     * it has to be armed, or is woken and looks again.
     */
    private volatile long armedFor = NEVER;

    /** Set before this is disarmed for good. */
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
        long armed = armedFor;
        if (armed != NEVER && time - armed >= 0) {
            return false;
        }
        armedFor = time;
        try {
            timer.noteIfEarlier(this, time);
        } catch (Throwable e) {
            armedFor = NEVER; // without memory for it, so that the next one tries again
            throw e;
        }
        if (ended) {
            timer.disarm(this);
        }
        return true;
    }

    @Override
    void release() {}

    /** Makes sure that it does not ring any more; for the owner, after its last wait. */
    void end() {
        ended = true;
        timer.disarm(this);
    }

    @Override
    void ring() {
        armedFor = NEVER;
        LockSupport.unpark(thread);
        if (scope.isPastDeadline()) {
            scope.cancelAtDeadline();
        } else if (scope.hasDeadline()) {
            note(scope.deadline());
        }
    }
}
