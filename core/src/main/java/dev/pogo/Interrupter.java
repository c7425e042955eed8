package dev.pogo;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Interrupts the tasks that were cancelled at a deadline. It has threads of its own for that, since
 * an interrupt that closes a channel would hold up all other deadlines; platform threads, since it
 * may be those very tasks that keep virtual ones from running. They exist while there is something
 * to do, and there are few of them: thousands of scopes may have one and the same deadline.
 */
final class Interrupter {
    static final int MAX_THREADS = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Interrupter.class);

    private final ThreadFactory factory;
    private final Queue<List<Task<?>>> cancelled = new ConcurrentLinkedQueue<>();

    /**
     * Threads that will look at the queue again before they end. A start that throws although the
     * thread runs is counted once and ends twice, so this may be too low: then there may be some
     * more threads.
     */
    private final AtomicInteger threads = new AtomicInteger();

    Interrupter() {
        this(ThreadKind.PLATFORM.factory("pogo-interrupt"));
    }

    Interrupter(ThreadFactory factory) {
        this.factory = factory;
    }

    /** Interrupts the tasks soon; on the calling thread if there is no other. */
    void interrupt(List<Task<?>> tasks) {
        try {
            cancelled.add(tasks);
        } catch (OutOfMemoryError e) {
            interruptNow(tasks);
            return;
        }
        if (mayStart() && !startThread()) {
            run();
        }
    }

    private boolean mayStart() {
        int running;
        while ((running = threads.get()) < MAX_THREADS) {
            if (threads.compareAndSet(running, running + 1)) {
                return true;
            }
        }
        return false;
    }

    private boolean startThread() {
        try {
            factory.newThread(this::run).start();
            return true;
        } catch (Throwable noThread) {
            return false;
        }
    }

    private void run() {
        do {
            List<Task<?>> tasks;
            while ((tasks = cancelled.poll()) != null) {
                interruptNow(tasks);
            }
            threads.decrementAndGet();
            // What came before that was counted on this thread.
        } while (!cancelled.isEmpty() && mayStart());
    }

    /** Never throws, or one thread less would be started from then on. */
    private static void interruptNow(List<Task<?>> tasks) {
        try {
            ScopeTasks.interruptCancelled(tasks);
        } catch (Throwable e) {
            Report.warn(LOG, "Not all of {} tasks could be interrupted", tasks.size(), e);
        }
    }
}
