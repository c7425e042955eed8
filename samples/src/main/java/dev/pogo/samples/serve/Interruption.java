package dev.pogo.samples.serve;

import java.util.concurrent.locks.ReentrantLock;

/** Interrupts the thread that made it, at most once, and never after that has called the end. */
final class Interruption {
    private final Thread thread = Thread.currentThread();
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private boolean interrupted;

    /** Guarded by the lock. */
    private boolean ended;

    /** Called by any thread. */
    void interrupt() {
        lock.lock();
        try {
            if (!ended && !interrupted) {
                interrupted = true;
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Called by the thread itself, which gets rid of the interrupt by it if it has not come upon
     * it.
     *
     * @return whether it was interrupted
     */
    boolean end() {
        lock.lock();
        try {
            if (interrupted && !ended) {
                Thread.interrupted();
            }
            ended = true;
            return interrupted;
        } finally {
            lock.unlock();
        }
    }
}
