package dev.pogo.engine;

import dev.pogo.util.SafeLog;
import dev.pogo.util.SpinLock;
import dev.pogo.util.ThreadFactories;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs, on threads of its own, the parts of a cancellation that may take time, so that the
 * cancelling thread is not held up. A runtime has one for the interrupts at deadlines, which may
 * close channels, and one for the actions that work has registered. The threads are platform
 * threads, since the cancelled tasks may be what keeps virtual threads from running, and exist only
 * while there is something to do.
 *
 * <p>An item is handed over in O(1) and without allocation, as it is its own link in the queue. The
 * caller starts at most one thread, and only up to {@link #BASE_THREADS}. There are more threads
 * only while items block: every {@link #PATIENCE_NANOS} for which items are queued, an alarm checks
 * whether at least half of the threads have been in one item for all that time, and if so lets
 * their number double, up to {@link #MAX_THREADS}. So a few items that block do not hold up others,
 * and many short items do not create many threads. The caller and the timer each start at most one
 * thread; the new threads start any further ones.
 *
 * <p>If no platform thread can be started, a virtual one is tried. If that fails too, the item
 * waits for an existing thread. Only if there is none does the calling thread run it, together with
 * whatever else is queued by then.
 */
final class Interrupter {
    static final int BASE_THREADS = 4;
    static final int MAX_THREADS = 256;
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Logger LOG = LoggerFactory.getLogger(Interrupter.class);

    /** An element of the queue. It may be handed over again as soon as it has begun. */
    abstract static class Item {
        /** The next item in the queue. Guarded by the interrupter's lock, as is {@link #queued}. */
        private @Nullable Item next;

        private boolean queued;

        /** Called before {@link #run} on the interrupter's own threads. */
        void prepare(Thread thread) {}

        abstract void run();
    }

    /** Body of one thread. It is counted in {@link #threads} from before its start. */
    final class Runner implements Runnable {
        /**
         * Set by the new thread, or by the one that failed to start it: a start may throw although
         * the new thread runs.
         */
        private final AtomicBoolean taken = new AtomicBoolean();

        boolean take() {
            return taken.compareAndSet(false, true);
        }

        @Override
        public void run() {
            if (take()) {
                work(true);
            }
        }
    }

    /** Factories of the threads. Each is used only if the one before it fails. */
    private final List<ThreadFactory> factories;

    private final Timer timer;

    /** True if a thread may run several items, since none leaves any state behind in it. */
    private final boolean reusesThreads;

    /** Guards the fields below and the links. The timer's lock may be taken under it. */
    private final SpinLock lock = SpinLock.outer();

    private @Nullable Item first;
    private @Nullable Item last;

    /**
     * Number of threads, including stand-ins, that are on their way to the queue or in an item.
     * Each looks at the queue before it leaves, so while anything is queued there is such a thread,
     * or {@link #impatience} is armed.
     */
    private int threads;

    /** Maximum number of threads; more than {@link #BASE_THREADS} only while items block. */
    private int allowed = BASE_THREADS;

    /** Number of items that are being run. */
    private int running;

    /** Number of running items that have begun since the last call of {@link #look}. */
    private int begunSince;

    /** Number of calls of {@link #look}. */
    private long looks;

    /** True while {@link #impatience} is armed. */
    private boolean watching;

    private final Alarm impatience =
            new Alarm() {
                @Override
                void fire() {
                    look();
                }
            };

    Interrupter(String threadName, Timer timer, boolean reusesThreads) {
        this(
                List.of(ThreadFactories.platform(threadName), ThreadFactories.virtual(threadName)),
                timer,
                reusesThreads);
    }

    Interrupter(List<ThreadFactory> factories, Timer timer, boolean reusesThreads) {
        this.factories = factories;
        this.timer = timer;
        this.reusesThreads = reusesThreads;
    }

    /** Arranges for the item to be run soon. Does nothing if it is already queued. */
    void run(Item item) {
        lock.lock();
        try {
            if (item.queued) {
                return;
            }
            append(item);
            if (threads >= BASE_THREADS) {
                watch();
                return;
            }
            threads++;
        } finally {
            unlock();
        }
        if (!startThread()) {
            work(false);
        }
    }

    /** Returns the current number of threads. */
    int threads() {
        lock.lock();
        try {
            return threads;
        } finally {
            lock.unlock();
        }
    }

    /** Starts a thread that is already counted. Returns false if none can be started. */
    private boolean startThread() {
        for (ThreadFactory factory : factories) {
            Runner runner = null;
            try {
                runner = new Runner();
                factory.newThread(runner).start();
                return true;
            } catch (Throwable noThread) {
                if (runner != null && !runner.take()) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Runs the queued items on the calling thread, which is counted.
     *
     * @param own whether the thread exists for this; otherwise it stands in for one that could not
     *     be started, as long as there is no other
     */
    private void work(boolean own) {
        boolean counted = true;
        try {
            while (counted) {
                startAnother();
                Item item = take(own);
                if (item == null) {
                    counted = false;
                    return;
                }
                perform(item, own);
                counted = !own || reusesThreads || !handOver();
            }
        } finally {
            if (counted) {
                leave();
            }
        }
    }

    /** Runs the item. Whatever it throws, the other items are run. */
    private void perform(Item item, boolean own) {
        long begunAt = begin();
        try {
            try {
                if (own) {
                    Thread.interrupted(); // left set by the previous item
                    item.prepare(Thread.currentThread());
                }
            } finally {
                item.run();
            }
        } catch (Throwable e) {
            SafeLog.warn(LOG, "A step of a cancellation failed", e);
        } finally {
            end(begunAt);
        }
    }

    /**
     * Starts another thread if one is allowed and an item is queued for it besides the one for this
     * thread.
     */
    private void startAnother() {
        lock.lock();
        try {
            if (threads >= allowed || first == null || first.next == null) {
                return;
            }
            threads++;
        } finally {
            lock.unlock();
        }
        if (!startThread()) {
            leave();
        }
    }

    /**
     * Uncounts the calling thread if nothing is queued; otherwise another thread takes its place.
     * Both steps of the former are one, or it could take an item that is queued in between.
     *
     * @return false if no thread can be started, so that the calling thread must go on
     */
    private boolean handOver() {
        lock.lock();
        try {
            if (first == null) {
                leaveLocked();
                return true;
            }
        } finally {
            unlock();
        }
        return startThread();
    }

    /** Uncounts a thread that leaves or could not be started. */
    private void leave() {
        lock.lock();
        try {
            leaveLocked();
        } finally {
            unlock();
        }
    }

    private void leaveLocked() {
        threads--;
        if (first != null) {
            watch();
        }
    }

    /** Releases the lock after a possible call of {@link #watch}. */
    private void unlock() {
        lock.unlock();
        timer.attend();
    }

    private void append(Item item) {
        item.queued = true;
        if (last == null) {
            first = item;
        } else {
            last.next = item;
        }
        last = item;
    }

    /** Returns the next item, or null if the calling thread has left. */
    private @Nullable Item take(boolean own) {
        lock.lock();
        try {
            Item item = first;
            if (item == null || (!own && threads > 1)) {
                leaveLocked();
                return null;
            }
            first = item.next;
            item.next = null;
            item.queued = false;
            if (first == null) {
                last = null;
                allowed = BASE_THREADS;
                if (watching) {
                    watching = false;
                    timer.disarm(impatience);
                }
            }
            return item;
        } finally {
            unlock();
        }
    }

    private long begin() {
        lock.lock();
        try {
            running++;
            begunSince++;
            return looks;
        } finally {
            lock.unlock();
        }
    }

    private void end(long begunAt) {
        lock.lock();
        try {
            running--;
            if (begunAt == looks) {
                begunSince--;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Schedules a call of {@link #look}. Must be called with the lock held. If memory runs out, the
     * next caller tries again.
     */
    private void watch() {
        if (!watching) {
            try {
                timer.note(impatience, System.nanoTime() + PATIENCE_NANOS);
                watching = true;
            } catch (Throwable e) {
                // see above
            }
        }
    }

    /**
     * Called when items have been queued for a while. Allows more threads if the cause is items
     * that block.
     */
    private void look() {
        lock.lock();
        try {
            watching = false;
            looks++;
            int blocked = running - begunSince;
            begunSince = 0;
            if (first == null) {
                return;
            }
            watch();
            if (2 * blocked >= threads) {
                allowed = Math.clamp(2L * threads, BASE_THREADS, MAX_THREADS);
            }
            if (threads >= allowed) {
                return;
            }
            threads++;
        } finally {
            unlock();
        }
        if (!startThread()) {
            leave();
        }
    }
}
