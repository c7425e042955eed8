package dev.pogo.engine;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.Task;
import dev.pogo.TaskException;
import dev.pogo.UnknownTaskException;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.Nanos;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Awaits the tasks of a scope, one by one or together; see {@link dev.pogo.PogoScope}. */
abstract sealed class AwaitableScope extends NestedScope permits PogoScopeImpl {
    AwaitableScope(
            PogoRuntimeImpl runtime,
            @Nullable PogoScopeImpl outer,
            @Nullable Execution opener,
            @Nullable Duration timeLimit) {
        super(runtime, outer, opener, timeLimit);
    }

    public final @Nullable Object await(long taskId) throws InterruptedException {
        StackProbe.ensureRoom();
        TaskImpl<?> task = tasks().claim(taskId);
        try {
            return task.await();
        } catch (InterruptedException | IllegalStateException | StackOverflowError e) {
            tasks().unclaim(task);
            throw e;
        }
    }

    public final @Nullable Object await(long taskId, Duration timeout) throws InterruptedException {
        Nanos.of(timeout, "timeout");
        StackProbe.ensureRoom();
        TaskImpl<?> task = tasks().claim(taskId);
        try {
            return task.await(timeout);
        } catch (InterruptedException | IllegalStateException | StackOverflowError e) {
            tasks().unclaim(task);
            throw e;
        }
    }

    public final void awaitAll() throws InterruptedException {
        awaitAll(untilLimit(), runtime().awaitTimeout());
    }

    public final void awaitAll(Duration timeout) throws InterruptedException {
        awaitAll(until(timeout), timeout);
    }

    private void awaitAll(long until, Duration timeout) throws InterruptedException {
        StackProbe.ensureRoom();
        ensureNotCalledByOwnTask("awaitAll");
        do {
            tasks().awaitAllDecidedOrOneFailed(
                            until,
                            decided -> {
                                TaskImpl<?> failed =
                                        decided
                                                ? tasks().firstFailure()
                                                : cancelLate(until, timeout);
                                if (failed != null) {
                                    tasks().failed(failed); // its own thread may come later
                                    tasks().cancelAll(CancelReason.SIBLING_FAILED);
                                    throw tasks().failure(failed);
                                }
                            });
            // Not all are decided if the failure that ended the wait was excused meanwhile.
        } while (tasks().newestUndecided() != null);
    }

    /**
     * Cancels the unfinished tasks after awaitAll has timed out, and returns a failed one, or null
     * if there is none.
     */
    private @Nullable TaskImpl<?> cancelLate(long until, Duration timeout) {
        CancelReason reason = reasonAt(until);
        List<String> cycle = WaitCycle.behind(tasks());
        Cancelled cancelled = Cancelled.now(reason, timeout);
        tasks().cancelAll(cancelled);
        List<TaskImpl<?>> all = tasks().snapshot();
        List<TaskImpl<?>> late = cancelledBy(cancelled, all);
        if (!late.isEmpty() && reason == CancelReason.AWAIT_TIMED_OUT) {
            tasks().showFailures();
            throw timedOut(late, all.size(), timeout, cycle);
        }
        return tasks().firstFailure();
    }

    public final void awaitAll(Collection<? extends Task<?>> tasks, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(tasks, "tasks");
        long until = until(timeout);
        StackProbe.ensureRoom();
        List<TaskImpl<?>> own = new ArrayList<>(this.<@Nullable Object>ownTasks(tasks));
        if (own.isEmpty()) {
            return;
        }
        TaskImpl<?>[] all = own.toArray(new TaskImpl<?>[0]);
        AllOf group = new AllOf(own);
        group.await(
                until,
                decided -> {
                    if (!decided) {
                        cancelLate(group, all, until, timeout);
                    }
                    TaskImpl<?> failed = decided ? group.first() : group.anyFailure();
                    if (failed != null) {
                        tasks().failed(failed); // its own thread may come later
                        Cancelled sibling = Cancelled.now(CancelReason.SIBLING_FAILED);
                        Cancellation.cancel(all, 0, all.length, sibling);
                        TaskException failure = failed.exception();
                        TaskFailures.suppress(failure, own);
                        throw failure;
                    }
                });
    }

    public final <T extends @Nullable Object> T awaitAny(
            Collection<? extends Task<? extends T>> tasks, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(tasks, "tasks");
        long until = until(timeout);
        StackProbe.ensureRoom();
        List<TaskImpl<T>> racing = ownTasks(tasks);
        if (racing.isEmpty()) {
            throw new IllegalArgumentException("tasks must not be empty");
        }
        TaskImpl<?>[] all = racing.toArray(new TaskImpl<?>[0]);
        Race<T> race = new Race<>(racing);
        race.await(
                until,
                decided -> {
                    if (race.first() != null) {
                        Cancelled lost = Cancelled.now(CancelReason.LOST_RACE);
                        Cancellation.cancel(all, 0, all.length, lost);
                        tasks().excuse(racing);
                    } else if (!decided) {
                        cancelLate(race, all, until, timeout);
                    }
                });
        TaskImpl<T> winner = race.first();
        return winner != null ? winner.result() : race.result();
    }

    /** Cancels the tasks of a group after the await for them has timed out. */
    private void cancelLate(
            TaskGroupWait<?> group, TaskImpl<?>[] tasks, long until, Duration timeout) {
        CancelReason reason = reasonAt(until);
        List<String> cycle = WaitCycle.behind(group);
        Cancelled cancelled = Cancelled.now(reason, timeout);
        Cancellation.cancel(tasks, 0, tasks.length, cancelled);
        stopAfterFailure();
        List<TaskImpl<?>> late = cancelledBy(cancelled, group.awaited());
        if (!late.isEmpty() && reason == CancelReason.AWAIT_TIMED_OUT) {
            for (TaskImpl<?> task : tasks) {
                if (TaskFailures.failedByItself(task)) {
                    task.markSeen();
                }
            }
            throw timedOut(late, tasks.length, timeout, cycle);
        }
    }

    private static AwaitTimeoutException timedOut(
            List<TaskImpl<?>> late, int awaited, Duration timeout, List<String> cycle) {
        TaskImpl<?> first = late.getFirst();
        for (TaskImpl<?> task : late) {
            if (task.id() < first.id()) {
                first = task;
            }
        }
        return new AwaitTimeoutException(first.facts(), timeout, late.size(), awaited, cycle);
    }

    /**
     * Returns the tasks that have this cancellation. Called afterwards, so that nothing is
     * allocated between deciding a cancellation and completing it.
     */
    private static List<TaskImpl<?>> cancelledBy(
            Cancelled cancelled, List<? extends TaskImpl<?>> tasks) {
        Set<TaskImpl<?>> late = new LinkedHashSet<>();
        for (TaskImpl<?> task : tasks) {
            if (task.cancellation() == cancelled) {
                late.add(task);
            }
        }
        return List.copyOf(late);
    }

    public final <T extends @Nullable Object> CompletionsImpl<T> completions(
            Collection<? extends Task<? extends T>> tasks) {
        Objects.requireNonNull(tasks, "tasks");
        return CompletionsImpl.of(ownTasks(tasks));
    }

    public final List<Task<?>> settle() throws InterruptedException {
        return settle(untilLimit(), runtime().awaitTimeout());
    }

    public final List<Task<?>> settle(Duration timeout) throws InterruptedException {
        return settle(until(timeout), timeout);
    }

    private List<Task<?>> settle(long until, Duration timeout) throws InterruptedException {
        StackProbe.ensureRoom();
        ensureNotCalledByOwnTask("settle");
        tasks().awaitAllDecided(
                        until,
                        decided -> {
                            if (!decided) {
                                tasks().cancelAll(Cancelled.now(reasonAt(until), timeout));
                            }
                        });
        tasks().showFailures();
        // Another thread may have spawned more tasks since. They do not belong to this call, and
        // come after all that were decided then.
        List<TaskImpl<?>> decided = tasks().decidedOf(tasks().snapshot());
        return Collections.unmodifiableList(tasks().kept(decided));
    }

    public final void cancel() {
        StackProbe.ensureRoom();
        tasks().cancelAll(CancelReason.CANCEL_CALLED);
    }

    /** Returns when an await with the timeout ends, in terms of {@link System#nanoTime()}. */
    private long until(Duration timeout) {
        return earliest(System.nanoTime() + Nanos.of(timeout, "timeout"));
    }

    /** Returns when an await ends that is given no timeout. */
    private long untilLimit() {
        return hasDeadline() ? deadline() : until(runtime().awaitTimeout());
    }

    private void ensureNotCalledByOwnTask(String method) {
        Execution caller = Execution.current();
        if (caller != null && caller.task().scope() == this) {
            throw new IllegalStateException(
                    "task "
                            + caller.task().name()
                            + " cannot call "
                            + method
                            + " on its own scope, it would wait for itself");
        }
    }

    /** Returns the tasks as a list of its own, if the calling thread may await them. */
    private <T extends @Nullable Object> List<TaskImpl<T>> ownTasks(
            Collection<? extends Task<? extends T>> tasks) {
        Execution caller = Execution.current();
        List<TaskImpl<T>> own = new ArrayList<>(tasks.size());
        for (Task<? extends T> task : tasks) {
            if (task == null) {
                throw new NullPointerException("tasks[" + own.size() + "]");
            }
            if (!(task instanceof TaskImpl<? extends T> ours) || ours.scope() != this) {
                throw new UnknownTaskException(task.id(), "another scope has spawned it");
            }
            if (caller != null && caller.task() == task) {
                throw new IllegalStateException("task " + task.name() + " cannot await itself");
            }
            @SuppressWarnings("unchecked") // a task takes no values
            TaskImpl<T> same = (TaskImpl<T>) ours;
            own.add(same);
        }
        return own;
    }
}
