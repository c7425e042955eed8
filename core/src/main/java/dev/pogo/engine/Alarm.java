package dev.pogo.engine;

import dev.pogo.TaskListener;

/**
 * An action that is due at a time. It belongs to one {@link Timer} and is armed at most once at a
 * time; it may be armed again after it has fired or was disarmed.
 */
abstract class Alarm {
    /** Value of {@link #place} while the alarm is not armed. */
    static final int NOWHERE = -1;

    /** Belongs to the {@link AlarmHeap} that contains it; guarded by the timer's lock. */
    int place = NOWHERE;

    /**
     * Called on the timer's thread, with no lock held. All other alarms wait for it, so it must not
     * block. It runs no user code except a {@link TaskListener}, which must not block either.
     */
    abstract void fire();

    /** Called by the thread that closes the timer, with no lock held, if it was armed then. */
    void drop() {}
}
