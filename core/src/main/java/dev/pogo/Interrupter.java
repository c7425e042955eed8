package dev.pogo;

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
    private static final int MAX_THREADS = 32;

    private final ThreadFactory factory = ThreadKind.PLATFORM.factory("pogo-interrupt");
    private final Queue<List<Task<?>>> cancelled = new ConcurrentLinkedQueue<>();

    /** Threads that will look at the queue again before they end. */
    private final AtomicInteger threads = new AtomicInteger();

    /** Interrupts the tasks soon; on the calling thread if there is no other. */
    void interrupt(List<Task<?>> tasks) {
        cancelled.add(tasks);
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
                ScopeTasks.interruptCancelled(tasks);
            }
            threads.decrementAndGet();
            // What came before that was counted on this thread.
        } while (!cancelled.isEmpty() && mayStart());
    }
}
