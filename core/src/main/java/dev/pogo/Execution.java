package dev.pogo;

import dev.pogo.Phase.Failed;
import dev.pogo.Phase.Outcome;
import dev.pogo.Phase.Succeeded;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.ThreadFactory;

/**
 * An admitted task: its permit, its thread and the run of its work. The thread is new, runs this
 * once, and gives the permit back as nearly its last act.
 *
 * <p>It is also its thread's uncaught-exception handler. That is how code that runs in a task finds
 * the task it runs in ({@link #current()}) without a thread-local map, which would cost every task
 * some 140 bytes. Work that sets another handler on its own thread is taken for a plain thread: the
 * scopes it opens then do not know the deadline around them.
 */
final class Execution implements Phase, Runnable, Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    private final Task<?> task;

    /** The task's thread; null once it has ended its work, and then {@link #endedAt} is final. */
    private volatile @Nullable Thread thread;

    /** 0 until the thread runs; written by it. */
    private volatile long startedAt;

    /** Written by the thread before it publishes an outcome or clears {@link #thread}. */
    private long endedAt;

    /** Set by the one who cancelled, after the interrupt. The thread does not end before. */
    private volatile boolean interruptDelivered;

    /** Innermost open scope of the task's thread; used by that thread only. */
    @Nullable PogoScope innermostScope;

    Execution(Task<?> task, ThreadFactory threads) {
        this.task = task;
        Thread created = threads.newThread(this);
        created.setUncaughtExceptionHandler(this);
        this.thread = created;
    }

    /** The execution that the calling thread belongs to, or null if it is not a task's thread. */
    static @Nullable Execution current() {
        return Thread.currentThread().getUncaughtExceptionHandler() instanceof Execution execution
                ? execution
                : null;
    }

    Task<?> task() {
        return task;
    }

    @Override
    public Task.State state() {
        return Task.State.RUNNING;
    }

    @Override
    public Execution execution() {
        return this;
    }

    /** Starts the thread. Whatever this throws, the thread does not run. */
    void start() {
        Thread unstarted = thread;
        if (unstarted != null) {
            unstarted.start();
        }
    }

    /** The thread could not be started: the task fails, its permit stays with the caller. */
    void neverStarted(Throwable cause) {
        boolean decided = task.finish(this, new Failed(cause, System.nanoTime(), null));
        thread = null;
        task.ended(decided);
    }

    @Override
    public void run() {
        startedAt = System.nanoTime();
        boolean decided = false;
        try {
            decided = task.finish(this, perform());
        } finally {
            end(decided);
        }
    }

    /** Runs the work, unless the task was cancelled since its admission and cannot finish. */
    private Outcome perform() {
        try {
            Object value = null;
            try {
                if (task.isIn(this)) {
                    useContextClassLoader();
                    value = task.takeWork().call();
                }
            } finally {
                OpenScopes.closeForgotten(this);
                endedAt = System.nanoTime();
            }
            return new Succeeded(value, this);
        } catch (Throwable e) {
            return new Failed(e, endedAt, this);
        }
    }

    private void useContextClassLoader() {
        ClassLoader loader = task.scope().contextClassLoader();
        Thread thread = Thread.currentThread();
        if (thread.getContextClassLoader() != loader) {
            thread.setContextClassLoader(loader);
        }
    }

    /**
     * The work is over. No interrupt may reach what follows (the next task's start, the log): if
     * the task was cancelled, one was promised, so it is waited for and cleared. That wait has no
     * bound of its own because the other thread stands between two statements.
     */
    private void end(boolean decided) {
        try {
            while (!decided && !interruptDelivered && !task.isIn(this)) {
                Thread.yield();
            }
            Thread.interrupted();
            thread = null;
            task.owningPool().release();
        } finally {
            task.ended(decided);
        }
    }

    /** Called once, by whoever has cancelled the task while it was in this phase. */
    void interrupt() {
        Thread running = thread;
        try {
            if (running != null) {
                running.interrupt();
            }
        } finally {
            interruptDelivered = true;
        }
    }

    /** The thread, as long as it has not ended its work. */
    @Nullable Thread liveThread() {
        return thread;
    }

    /** Whether the thread has begun to run, {@link #startedAt()} being meaningless before. */
    boolean hasStarted() {
        return startedAt != 0;
    }

    long startedAt() {
        return startedAt;
    }

    /** When the work ended; for callers that have seen its outcome, or no live thread. */
    long endedAt() {
        return endedAt;
    }

    /** The last resort for an error in the engine itself: all that work throws is an outcome. */
    @Override
    public void uncaughtException(Thread thread, Throwable e) {
        LOG.error("The thread of {} failed; this is an error in Pogo", task, e);
    }
}
