package dev.pogo;

/**
 * Is told of each task of a runtime that has ended, to count it or to log it. See {@link
 * PogoRuntime#addTaskListener}.
 */
@FunctionalInterface
public interface TaskListener {
    /**
     * A task has ended: it has its outcome, its work does not run any more, and what it says of its
     * times is final. Called once for each task, before its scope's {@code close()} returns (unless
     * that has left the work behind after {@link PogoConfig#closeGrace()}), and mostly by the
     * task's own thread; for one that never ran, by who spawned or cancelled it, by another task's
     * thread that could not start its own, or by the thread that watches over deadlines and {@code
     * max_wait}, and wakes all whose awaits run out of time. So this should be quick, must not
     * interrupt its thread, and must not wait for anything: neither for an outcome, which may be
     * told only afterwards, nor, by closing the scope or the runtime, for this task's end, which
     * never comes before this returns. What it throws is logged.
     *
     * @param task the task
     */
    void ended(Task<?> task);
}
