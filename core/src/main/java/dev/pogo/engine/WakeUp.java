package dev.pogo.engine;

import java.util.concurrent.locks.LockSupport;

/**
 * An alarm that wakes a thread when its wait has lasted long enough. It may fire early, or once
 * more later; the thread checks the time itself.
 */
abstract sealed class WakeUp extends Alarm permits ScopeAlarm, WakeUp.Once {
    final Timer timer;
    final Thread thread;

    WakeUp(Timer timer, Thread thread) {
        this.timer = timer;
        this.thread = thread;
    }

    /**
     * Ensures that this fires at the given time or earlier. For the thread only, before each park.
     *
     * @return whether it had to be armed; if so, blocking on the timer's lock may have consumed an
     *     unpark
     */
    abstract boolean setFor(long time);

    /** Ends the thread's wait. An alarm that the thread's next waits also use stays armed. */
    abstract void release();

    /** Wakes the thread, which has to check the time by itself from now on. */
    @Override
    final void drop() {
        LockSupport.unpark(thread);
    }

    /** An alarm for one wait of a thread. */
    static final class Once extends WakeUp {
        /** Set by the thread before it arms this, cleared when it fires. */
        private volatile boolean armed;

        Once(Timer timer) {
            super(timer, Thread.currentThread());
        }

        @Override
        boolean setFor(long time) {
            if (armed) {
                return false;
            }
            armed = true;
            timer.arm(this, time);
            return true;
        }

        @Override
        void release() {
            if (armed) {
                timer.disarm(this);
            }
        }

        @Override
        void fire() {
            armed = false;
            LockSupport.unpark(thread);
        }
    }
}
