package dev.pogo.benchmarks.contenders;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * As little as one can do: a virtual thread for each piece of work, and an unpark of the waiting
 * thread if it waits for just that. No failure, no bound, no cancelling.
 */
final class BareThreads implements Way {
    private static final Object DONE = new Object();

    private final boolean yieldFirst;

    BareThreads(boolean yieldFirst) {
        this.yieldFirst = yieldFirst;
    }

    /** Its value is null, the thread that waits, or {@link #DONE}. */
    private static final class Cell extends AtomicReference<@Nullable Object> implements Runnable {
        private static final long serialVersionUID = 1;

        private final transient Callable<Integer> work;
        private int value;

        Cell(Callable<Integer> work) {
            this.work = work;
        }

        @Override
        public void run() {
            try {
                value = work.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            } finally {
                if (getAndSet(DONE) instanceof Thread waiter) {
                    LockSupport.unpark(waiter);
                }
            }
        }

        int await(boolean yieldFirst) {
            if (yieldFirst && get() == null) {
                Thread.yield();
            }
            if (compareAndSet(null, Thread.currentThread())) {
                while (get() != DONE) {
                    LockSupport.park(this);
                }
            }
            return value;
        }
    }

    @Override
    public int fanOut(int tasks, Callable<Integer> work) {
        Cell[] cells = new Cell[tasks];
        for (int i = 0; i < tasks; i++) {
            cells[i] = new Cell(work);
            Thread.startVirtualThread(cells[i]);
        }
        int sum = 0;
        for (Cell cell : cells) {
            sum += cell.await(yieldFirst);
        }
        return sum;
    }

    @Override
    public void close() {
        // All threads have ended with their request.
    }
}
