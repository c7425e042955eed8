package dev.pogo.engine;

import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;
import dev.pogo.util.ThreadFactories;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/**
 * Creates the threads of one pool's tasks, named for the benefit of thread dumps: {@code pogo/db},
 * or {@code pogo/db/FetchStock} if the task was given a name. A name is created once and shared by
 * all tasks that have it, as a string for each would cost more than the rest of the task.
 */
class TaskThreads {
    /** Run by the threads of all tasks. */
    private static final class Run implements Runnable {
        static final Run RUN = new Run();

        @Override
        public void run() {
            Thread thread = Thread.currentThread();
            if (thread.getUncaughtExceptionHandler() instanceof Execution execution) {
                execution.run();
            }
        }
    }

    /** Maximum number of names kept; further ones, possibly without bound, are left out. */
    static final int MAX_NAMES = 1_000;

    private final ThreadFactory unnamed;
    private final Function<String, ThreadFactory> forName;
    private final ConcurrentMap<String, ThreadFactory> named = new ConcurrentHashMap<>();

    TaskThreads(ThreadFactory unnamed, Function<String, ThreadFactory> forName) {
        this.unnamed = unnamed;
        this.forName = forName;
    }

    static TaskThreads of(PoolConfig pool) {
        String name = "pogo/" + pool.name();
        ThreadKind kind = pool.threads();
        return new TaskThreads(
                factory(kind, name), taskName -> factory(kind, name + "/" + taskName));
    }

    /** Returns a new thread, which will run the task. */
    final Thread newThread(Execution execution) {
        Thread made = forTask(execution.task().givenName()).newThread(Run.RUN);
        made.setUncaughtExceptionHandler(execution);
        return made;
    }

    /** Starts a thread. */
    void start(Thread made) {
        made.start();
    }

    /** Returns the factory for the thread of a task with the name, or of one without a name. */
    ThreadFactory forTask(@Nullable String taskName) {
        if (taskName == null) {
            return unnamed;
        }
        ThreadFactory known = named.get(taskName);
        if (known != null) {
            return known;
        }
        return named.size() < MAX_NAMES ? named.computeIfAbsent(taskName, forName) : unnamed;
    }

    /** Returns a factory of threads of the kind, which all have the name. */
    static ThreadFactory factory(ThreadKind kind, String threadName) {
        return switch (kind) {
            case VIRTUAL -> ThreadFactories.virtual(threadName);
            case PLATFORM -> ThreadFactories.platform(threadName);
        };
    }
}
