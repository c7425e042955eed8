package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A scope and a pool whose tasks never run by themselves: the thread of an admitted task does
 * nothing when it is started, and the test runs it where and when it likes. So the steps of a race
 * are the test's own, and the tools that drive them need not follow threads that they did not
 * start. No timer rings either.
 */
final class Inert {
    /** What stands for the thread of an admitted task. */
    private static final class InertThread extends Thread {
        private final AtomicInteger interrupts = new AtomicInteger();
        private final Runnable execution;
        private volatile @Nullable Thread runner;

        InertThread(Runnable execution) {
            this.execution = execution;
        }

        void runHere() {
            runner = Thread.currentThread();
            execution.run();
        }

        @Override
        public void start() {}

        @Override
        public void interrupt() {
            interrupts.incrementAndGet();
        }
    }

    private final PogoScope scope =
            new PogoScope(PogoRuntime.start(PogoConfig.defaults()), null, false, 0);
    private final Pool pool;

    Inert(int size) {
        PoolConfig config = PoolConfig.named("inert").withNumThreads(size);
        pool = new Pool(config, new Timer(List.of()), InertThread::new);
    }

    Pool pool() {
        return pool;
    }

    ScopeTasks tasks() {
        return scope.tasks();
    }

    /** A task that waits, and that its pool does not know yet. */
    <T extends @Nullable Object> Task<T> unsubmitted(Callable<T> work) {
        return scope.tasks().add(scope, pool, null, work);
    }

    Task<Integer> unsubmitted() {
        return unsubmitted(() -> 1);
    }

    void submit(Task<?> task) {
        pool.submit(task);
    }

    <T extends @Nullable Object> Task<T> submitted(Callable<T> work) {
        Task<T> task = unsubmitted(work);
        submit(task);
        return task;
    }

    Task<Integer> submitted() {
        return submitted(() -> 1);
    }

    /** What admits a task that the pool does not know. */
    static Execution execution(Task<?> task) {
        return new Execution(task, InertThread::new);
    }

    /** Runs an admitted task on the calling thread, to the return of its permit. */
    static void run(Task<?> task) {
        if (task.liveThread() instanceof InertThread thread) {
            thread.runHere();
        }
    }

    /** Cancels it while another thread may run it. */
    static boolean cancel(Task<?> task) {
        boolean decided = task.cancel();
        if (task.liveThread() instanceof InertThread thread) {
            // The engine wakes the task's own thread, which is not the one that runs it here.
            LockSupport.unpark(thread.runner);
        }
        return decided;
    }

    /** How often the thread of a task that has not ended was interrupted; -1 if there is none. */
    static int interrupts(Task<?> task) {
        return task.liveThread() instanceof InertThread thread ? thread.interrupts.get() : -1;
    }

    /** What the pool says of itself, in few letters for an outcome: running/waiting. */
    String stats() {
        PoolStats stats = pool.stats();
        return stats.running() + "/" + stats.waiting();
    }
}
