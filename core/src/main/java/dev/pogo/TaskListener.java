package dev.pogo;

/**
 * Is told of each task of a runtime that has ended, to count it or to log it. See {@link
 * PogoRuntime#addTaskListener}.
 */
@FunctionalInterface
public interface TaskListener {
    /**
     * A task has ended: it has its outcome, its work does not run any more, and what it says of its
     * times is final. Called once for each task, before its scope's {@code close()} returns, and
     * mostly by the task's own thread; for one that never ran, by who cancelled it, or by the
     * thread that watches over deadlines and {@code max_wait}. So this should be quick, and must
     * not wait for anything. What it throws is logged.
     *
     * @param task the task
     */
    void ended(Task<?> task);
}
