package dev.pogo;

/**
 * A listener for each task of a runtime that has ended, for example to count or log it. See {@link
 * PogoRuntime#addTaskListener}.
 */
@FunctionalInterface
public interface TaskListener {
    /**
     * Called when a task has ended: it has its outcome, its work no longer runs, and the times that
     * it reports are final. Called once for each task, before its scope's {@code close()} returns
     * (unless the close has left the work behind after {@link PogoConfig#closeGrace()}).
     *
     * <p>The caller is mostly the task's own thread. For a task that never ran, it is the thread
     * that spawned or cancelled it, another task's thread that could not start one for it, or the
     * thread that watches over deadlines and {@code max_wait} and wakes all threads whose awaits
     * time out. So this method should be quick, must not interrupt the calling thread, and must not
     * wait for anything: neither for an outcome, which may become visible only afterwards, nor, by
     * closing the scope or the runtime, for the end of this task, which never comes before this
     * method returns. Anything that it throws is logged.
     *
     * @param task the task
     */
    void ended(Task<?> task);

    /**
     * Returns whether a failure counts as seen once this listener has been told of the task, so
     * that it is not logged when the scope is closed. To be overridden by a listener that does not
     * look at failures, such as one that measures times.
     *
     * @return true by default
     */
    default boolean seesFailures() {
        return true;
    }
}
