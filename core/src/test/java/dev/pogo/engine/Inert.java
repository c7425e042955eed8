package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolLoad;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A scope and a pool whose tasks never run by themselves: the thread of an admitted task does
 * nothing when it is started, and the test runs it where and when it likes. So the steps of a race
 * are the test's own, and the tools that drive them need not follow threads that they did not
 * start. No timer fires either.
 */
public final class Inert {
    /** What stands for the thread of an admitted task. */
    private final class InertThread extends Thread {
        private final AtomicInteger interrupts = new AtomicInteger();
        private volatile @Nullable Thread runner;

        /** The task; kept here, so that the tools need not follow what a thread does with it. */
        private volatile @Nullable UncaughtExceptionHandler handler;

        InertThread(Runnable run) {
            // The test runs it, by its handler.
        }

        @Override
        public void setUncaughtExceptionHandler(@Nullable UncaughtExceptionHandler task) {
            handler = task;
        }

        /** In place of its start. */
        void begin() {
            started.add(this);
            // In this order: of those that hold a permit by now it may miss one, but adds none.
            int all = startedSoFar.incrementAndGet();
            int over = 0;
            for (InertThread thread : started) {
                over += thread.isOver() ? 1 : 0;
            }
            mostAtOnce.accumulateAndGet(all - over, Math::max);
        }

        /** Whether its task has ended, or was taken back: the permit goes on after that. */
        private boolean isOver() {
            return !(handler instanceof TaskImpl<?> task) || task.liveThread() == null;
        }

        @Override
        public void interrupt() {
            interrupts.incrementAndGet();
        }

        /** Does nothing if the task was taken back. */
        void runHere() {
            if (handler instanceof TaskImpl<?> task) {
                runner = Thread.currentThread();
                task.run();
            }
        }
    }

    private final List<PogoScopeImpl> scopes;
    private final PoolImpl pool;

    private final Queue<InertThread> started = new ConcurrentLinkedQueue<>();
    private final AtomicInteger startedSoFar = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();

    public Inert(int size) {
        this(size, 1);
    }

    /**
     * With several scopes, each of which takes permits from another word of the pool and gives them
     * back to it.
     *
     * @param words how many, a power of two
     */
    public Inert(int size, int words) {
        PogoRuntimeImpl runtime = PogoRuntimeImpl.start(PogoConfig.defaults());
        scopes =
                IntStream.range(0, words)
                        .mapToObj(i -> new PogoScopeImpl(runtime, null, null, null))
                        .toList();
        AtomicInteger lastStripe = new AtomicInteger(-1);
        Permits permits =
                new Permits(size, words) {
                    @Override
                    int stripe(long threadId) {
                        return lastStripe.incrementAndGet();
                    }
                };
        PoolConfig config = PoolConfig.named("inert").withNumThreads(size);
        TaskThreads threads =
                new TaskThreads(InertThread::new, name -> InertThread::new) {
                    @Override
                    void start(Thread made) {
                        ((InertThread) made).begin();
                    }
                };
        pool = new PoolImpl(config, new Timer(List.of()), threads, permits);
        for (PogoScopeImpl scope : scopes) {
            assertEquals(scopes.indexOf(scope), scope.tasks().queueIn(pool).stripe);
        }
    }

    ScopeTasks tasks() {
        return scopes.getFirst().tasks();
    }

    /** A task that waits, and that its pool does not know yet. */
    <T extends @Nullable Object> TaskImpl<T> unsubmitted(Callable<T> work) {
        return tasks().add(pool, null, work);
    }

    /** One of the scope of that number, or, with fewer scopes, of one that it shares. */
    TaskImpl<Integer> unsubmittedIn(int scope) {
        return scopes.get(scope % scopes.size()).tasks().add(pool, null, () -> 1);
    }

    TaskImpl<Integer> submittedIn(int scope) {
        TaskImpl<Integer> task = unsubmittedIn(scope);
        submit(task);
        return task;
    }

    TaskImpl<Integer> unsubmitted() {
        return unsubmitted(() -> 1);
    }

    /** A task that the scope spawns as for a user. */
    TaskImpl<Integer> spawned() {
        return scopes.getFirst().spawn(pool, () -> 1, null);
    }

    void submit(TaskImpl<?> task) {
        pool.submit(task);
    }

    <T extends @Nullable Object> TaskImpl<T> submitted(Callable<T> work) {
        TaskImpl<T> task = unsubmitted(work);
        submit(task);
        return task;
    }

    public TaskImpl<Integer> submitted() {
        return submitted(() -> 1);
    }

    /** The thread of a task that the pool does not know. */
    Thread thread() {
        return new InertThread(() -> {});
    }

    /** The thread of a running task begins to await something. */
    static void beginAwait(TaskImpl<?> task, WaitList awaited, BooleanSupplier reached) {
        if (task.liveThread() != null) {
            task.beginAwait(awaited, reached);
        }
    }

    /**
     * If it awaits, it goes on as if interrupted: beside the user of its permit, if there is one.
     */
    static void endAwait(TaskImpl<?> task) {
        PermitShare share = share(task);
        if (share != null && share.await != null) {
            task.owningPool().endAwait(share, true);
        }
    }

    /** Its await is over; false if it has to wait for a permit to go on with. */
    static boolean endAwaitByItself(TaskImpl<?> task) {
        PermitShare share = share(task);
        return share == null || task.owningPool().endAwait(share, false);
    }

    /** Whether it waits for a permit to go on with. */
    static boolean returns(TaskImpl<?> task) {
        PermitShare share = share(task);
        return share != null && share.returns();
    }

    /** It does not wait any longer for a permit to go on with. */
    static void interruptReturning(TaskImpl<?> task) {
        PermitShare share = share(task);
        if (share != null) {
            task.owningPool().goBeside(share);
        }
    }

    private static @Nullable PermitShare share(TaskImpl<?> task) {
        return task.liveThread() == null ? null : task.share();
    }

    /** Has the thread of a task that has its permit take its first step, and no further one. */
    static boolean begin(TaskImpl<?> task) {
        return task.liveThread() != null && task.begin();
    }

    /** Runs a task that has its permit, to the return of the permit; once, and not any other. */
    static void run(TaskImpl<?> task) {
        if (task.liveThread() instanceof InertThread thread) {
            thread.runHere();
        }
    }

    /** Runs all tasks, those that get their permits by the end of others too. */
    void runAll() {
        List<TaskImpl<?>> all = new ArrayList<>();
        scopes.forEach(scope -> all.addAll(scope.tasks().snapshot()));
        for (int i = 0; i < all.size(); i++) {
            all.forEach(Inert::run);
        }
    }

    /** Cancels a task that another thread may run at the same time. */
    static boolean cancel(TaskImpl<?> task) {
        boolean decided = task.cancel();
        if (task.liveThread() instanceof InertThread thread) {
            // The engine wakes the task's own thread, which is not the one that runs it here.
            LockSupport.unpark(thread.runner);
        }
        return decided;
    }

    /** How often the thread of a task that has not ended was interrupted; -1 if there is none. */
    static int interrupts(TaskImpl<?> task) {
        return task.liveThread() instanceof InertThread thread ? thread.interrupts.get() : -1;
    }

    /** How many tasks have held a permit at the same time. */
    int mostAtOnce() {
        return mostAtOnce.get();
    }

    PoolLoad load() {
        return pool.load();
    }
}
