package dev.pogo;

import dev.pogo.sync.BriefLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has threads for what may take its time when tasks are cancelled, so that whoever cancels them is
 * not held up: a runtime has one for the interrupts at deadlines, which may close channels, and one
 * for what work has asked for. They are platform threads, since it may be those very tasks that
 * keep virtual ones from running, and exist only while there is something to do.
 *
 * <p>An item is handed over in O(1) and without memory, as it is its own link in the queue. The
 * caller starts at most one thread, and that only up to {@link #BASE_THREADS}. There are more of
 * them only while items block: every {@link #PATIENCE_NANOS} for which items are queued, an alarm
 * looks whether at least half of the threads have been in one item for all that time, and then lets
 * their number double, up to {@link #MAX_THREADS}. So a few items that block hold up no others, and
 * a crowd of short ones does not become a crowd of threads. The caller and the timer each start at
 * most one thread; any further ones are started by the new threads themselves.
 *
 * <p>Where no platform thread can be had, a virtual one is tried. Where neither can, the item waits
 * for a thread that there is. Only if there is none does the calling thread run it, with what else
 * is queued by then.
 */
final class Interrupter {
    static final int BASE_THREADS = 4;
    static final int MAX_THREADS = 256;
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Logger LOG = LoggerFactory.getLogger(Interrupter.class);

    /** Something to do; may be handed over again as soon as it has begun. */
    abstract static class Item {
        /** The item behind it; guarded by the interrupter's lock, as is {@link #queued}. */
        private @Nullable Item next;

        private boolean queued;

        /** Called before {@link #run}, on a thread that exists for this. */
        void prepare(Thread thread) {}

        abstract void run();
    }

    /** What one thread does. It is counted in {@link #threads} from before its start. */
    final class Runner implements Runnable {
        /** Set by the thread, or by who could not start it: a start may throw and yet run. */
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

    /** What threads are made by; the next one only where the one before it fails. */
    private final List<ThreadFactory> factories;

    private final Timer timer;

    /** Whether a thread may run several items, since none leaves anything behind in it. */
    private final boolean reusesThreads;

    /** Guards the fields below and the links. The timer's lock may be taken under it. */
    private final BriefLock lock = BriefLock.outer();

    private @Nullable Item first;
    private @Nullable Item last;

    /**
     * Threads on their way to the queue or in an item, the stand-ins among them. Each looks at the
     * queue before it leaves, so while anything is queued there is one, or {@link #impatience} is
     * armed.
     */
    private int threads;

    /** How many threads there may be; more than the base only while items block. */
    private int allowed = BASE_THREADS;

    /** How many items are being run. */
    private int running;

    /** How many of them have begun since the last look. */
    private int begunSince;

    /** How often {@link #look} has looked. */
    private long looks;

    /** Whether {@link #impatience} is armed. */
    private boolean watching;

    private final Timer.Alarm impatience =
            new Timer.Alarm() {
                @Override
                void ring() {
                    look();
                }
            };

    Interrupter(String threadName, Timer timer, boolean reusesThreads) {
        this(
                List.of(
                        ThreadKind.PLATFORM.factory(threadName),
                        ThreadKind.VIRTUAL.factory(threadName)),
                timer,
                reusesThreads);
    }

    Interrupter(List<ThreadFactory> factories, Timer timer, boolean reusesThreads) {
        this.factories = factories;
        this.timer = timer;
        this.reusesThreads = reusesThreads;
    }

    /** Has the item run soon; does nothing if it is queued already. */
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

    /** How many threads it has at the moment. */
    int threads() {
        lock.lock();
        try {
            return threads;
        } finally {
            lock.unlock();
        }
    }

    /** Starts a thread that is counted; false if there is none to be had. */
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
     * Runs what is queued, on the calling thread, which is counted.
     *
     * @param own whether the thread exists for this; else it stands in for one that could not be
     *     started, as long as there is no other
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

    /** Whatever it throws, the other items are run. */
    private void perform(Item item, boolean own) {
        long begunAt = begin();
        try {
            try {
                if (own) {
                    Thread.interrupted(); // left behind by the item before
                    item.prepare(Thread.currentThread());
                }
            } finally {
                item.run();
            }
        } catch (Throwable e) {
            Report.warn(LOG, "Something could not be done on a cancellation", e);
        } finally {
            end(begunAt);
        }
    }

    /** Starts a thread more, if one is allowed and there is something for it beside this one. */
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

    /** Has a new thread go on with the queue; false if there is none, or nothing is queued. */
    private boolean handOver() {
        lock.lock();
        try {
            if (first == null) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        return startThread();
    }

    /** Some thread that was counted is not there. */
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

    /** For who may have called {@link #watch}. */
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

    /** The next item, or null when the calling thread has left. */
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
     * Has {@link #look} called soon; with the lock held. Without memory for that, the next one who
     * comes by tries again.
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

    /** Some items have been queued for a while: lets there be more threads, if it is for others. */
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
