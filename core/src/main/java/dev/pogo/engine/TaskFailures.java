package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskException;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The failures among the tasks of a scope: the first one, which ends an await of all tasks and
 * cancels a scope that fails fast, the ones that such an await throws beside it, and those that
 * nobody has seen when the scope is closed.
 */
abstract sealed class TaskFailures extends TaskList permits CancellableTasks {
    private static final VarHandle FIRST_FAILURE;
    private static final VarHandle FINE_FIRST;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            FIRST_FAILURE =
                    lookup.findVarHandle(TaskFailures.class, "firstFailure", TaskImpl.class);
            FINE_FIRST = lookup.findVarHandle(TaskFailures.class, "fineFirst", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Number of failures that one exception carries beside its own. */
    static final int MAX_SUPPRESSED = 10;

    /**
     * The first task whose outcome {@link PogoScope#awaitAll()} throws. Set by compare-and-set, by
     * the thread that has decided that outcome; reset only if the task is excused.
     */
    private volatile @Nullable TaskImpl<?> firstFailure;

    /**
     * Whether a task may have failed while another one was recorded. Set after that one was seen,
     * and before it is looked at again; reset before the others are looked for.
     */
    private volatile boolean othersFailed;

    /**
     * Number of tasks, from the first on, that have been seen with outcomes after which {@link
     * PogoScope#awaitAll()} succeeds. Written with release and read with acquire mode; the last
     * write wins, and a smaller number is also correct.
     */
    @SuppressWarnings("UnusedVariable") // accessed only through its VarHandle
    private int fineFirst;

    /** Returns whether the first failure cancels the other tasks. */
    final boolean isFailFast() {
        // Without the lock: if it is written at all, that is before the first task is published.
        ScopeExtras any = extras();
        return any != null && any.failFast;
    }

    /**
     * Waits until every task has its outcome or one has {@link #firstFailure() failed}, and then
     * runs the conclusion.
     */
    final void awaitAllDecidedOrOneFailed(long deadline, Conclusion conclusion)
            throws InterruptedException {
        awaitUntil(() -> hasFailed() || newestUndecided() == null, deadline, conclusion);
    }

    /** Returns whether a failure has been recorded. */
    final boolean hasFailed() {
        TaskImpl<?> first = firstFailure;
        return first != null && first.failsScope();
    }

    /** Records a task with an outcome after which {@link PogoScope#awaitAll()} must not succeed. */
    final void failed(TaskImpl<?> task) {
        if (firstFailure == task || !task.failsScope() || record(task)) {
            return;
        }
        if (!othersFailed) {
            othersFailed = true;
        }
        record(task); // the other one may have been excused before that could be seen
    }

    private boolean record(TaskImpl<?> task) {
        if (firstFailure != null || !FIRST_FAILURE.compareAndSet(this, null, task)) {
            return false;
        }
        if (task.failsScope()) {
            wakeAll();
        } else {
            replace(task); // it was excused by a thread that did not find it here
        }
        return true;
    }

    /** Ensures that the failures of tasks that have lost a race neither count nor are reported. */
    final void excuse(List<? extends TaskImpl<?>> losers) {
        for (TaskImpl<?> task : losers) {
            if (task.ending() != null) {
                task.markSeen();
                if (!isFailFast()) {
                    task.excuse();
                }
            }
        }
        TaskImpl<?> first = firstFailure;
        if (first != null && !first.failsScope()) {
            replace(first);
        }
    }

    /**
     * Replaces an excused task by the first one that has failed, if any has. A task that fails
     * meanwhile either finds the place free, or has left word that it did not.
     */
    private void replace(TaskImpl<?> excused) {
        if (FIRST_FAILURE.compareAndSet(this, excused, null) && othersFailed) {
            othersFailed = false;
            TaskImpl<?> next = firstFailure();
            if (next != null) {
                othersFailed = true; // there may be more of them
                failed(next);
            }
        }
    }

    /**
     * Returns the first task whose outcome {@link PogoScope#awaitAll()} throws, or null. Once all
     * tasks are decided, this finds it even if the thread that decided it has not called {@link
     * #failed} yet.
     */
    final @Nullable TaskImpl<?> firstFailure() {
        TaskImpl<?> first = firstFailure;
        if (first != null && first.failsScope()) {
            return first;
        }
        first = null;
        int count = size();
        TaskImpl<?>[] all = array();
        int fine = Math.min((int) FINE_FIRST.getAcquire(this), count);
        while (fine < count && all[fine].done() && !all[fine].failsScope()) {
            fine++;
        }
        FINE_FIRST.setRelease(this, fine);
        for (int i = fine; i < count; i++) {
            TaskImpl<?> task = all[i];
            if (task.failsScope() && (first == null || task.decidedAt() - first.decidedAt() < 0)) {
                first = task;
            }
        }
        return first;
    }

    /**
     * Returns what {@link PogoScope#awaitAll()} throws: the failure of the first task, with some of
     * the others'. All of them count as seen.
     */
    final TaskException failure(TaskImpl<?> first) {
        TaskException failure = first.exception();
        suppress(failure, showFailures());
        return failure;
    }

    /** Adds the failures of other tasks to the failure of a task. */
    static void suppress(TaskException failure, List<? extends TaskImpl<?>> tasks) {
        int count = 0;
        try {
            for (TaskImpl<?> task : tasks) {
                if (task.id() != failure.taskId() && task.failsScope() && failedByItself(task)) {
                    task.markSeen();
                    if (count++ < MAX_SUPPRESSED) {
                        failure.addSuppressed(task.exception());
                    }
                }
            }
        } catch (OutOfMemoryError e) {
            // The failure itself is thrown all the same.
        }
    }

    /** Returns whether the task has failed for a reason of its own. */
    static boolean failedByItself(TaskImpl<?> task) {
        return task.state() == Task.State.FAILED
                || task.cancelReason().orElse(null) == CancelReason.TASK_TIMEOUT;
    }

    /**
     * Records that somebody is about to see all failures so far. All calls together look at each
     * task about once.
     *
     * @return some of the tasks that have failed, the first ones in the order of the tasks
     */
    final List<TaskImpl<?>> showFailures() {
        try {
            return firstFailure() == null ? List.of() : findFailures();
        } catch (OutOfMemoryError e) {
            return List.of(); // what the caller throws or returns is more important
        }
    }

    private List<TaskImpl<?>> findFailures() {
        ScopeExtras extras;
        lock.lock();
        try {
            extras = makeExtras();
        } finally {
            lock.unlock();
        }
        ScopeExtras.Shown before = extras.shown;
        int to = before.to();
        List<TaskImpl<?>> first = before.first();
        int count = size();
        TaskImpl<?>[] all = array();
        for (; to < count && all[to].done(); to++) {
            TaskImpl<?> task = all[to];
            if (task.failsScope() && failedByItself(task)) {
                task.markSeen();
                if (first.size() <= MAX_SUPPRESSED) {
                    first = new ArrayList<>(first);
                    first.add(task);
                }
            }
        }
        if (to > before.to()) {
            extras.shown = new ScopeExtras.Shown(to, first);
        }
        return first;
    }

    /** Returns the tasks that have failed and whose failure nobody has seen. */
    final List<TaskImpl<?>> unseenFailures() {
        if (firstFailure == null) {
            return List.of(); // or it was excused, and with it what has not been seen
        }
        List<TaskImpl<?>> unseen = new ArrayList<>();
        ScopeExtras any = extras();
        int count = size();
        TaskImpl<?>[] all = array();
        for (int i = any == null ? 0 : any.shown.to(); i < count; i++) {
            TaskImpl<?> task = all[i];
            if (task.state() == Task.State.FAILED && !task.isSeen()) {
                unseen.add(task);
            }
        }
        return unseen;
    }
}
