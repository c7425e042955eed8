package dev.pogo;

import java.util.concurrent.locks.LockSupport;

/**
 * An alarm that wakes a thread when its wait has lasted long enough. It may ring early or once more
 * later; the thread looks at the time itself.
 */
abstract sealed class WakeUp extends Timer.Alarm permits ScopeAlarm, WakeUp.Once {
    final Timer timer;
    final Thread thread;

    WakeUp(Timer timer, Thread thread) {
        this.timer = timer;
        this.thread = thread;
    }

    /**
     * Makes sure that it rings at the time or earlier; for the thread, before each park.
     *
     * @return whether it had to be armed for that, in which a pause for the timer's lock may have
     *     consumed a wake-up
     */
    abstract boolean setFor(long time);

    /** The thread's wait is over. One that the thread's next waits use as well stays armed. */
    abstract void release();

    /** The thread has to look at the time by itself from now on. */
    @Override
    final void drop() {
        LockSupport.unpark(thread);
    }

    /** For one wait of a thread. */
    static final class Once extends WakeUp {
        /** Whether it is to ring; set by the thread before it arms this, cleared as it rings. */
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
        void ring() {
            armed = false;
            LockSupport.unpark(thread);
        }
    }
}
