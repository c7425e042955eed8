package dev.pogo.engine;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.PogoScope;
import dev.pogo.PoolLoad;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskException;
import dev.pogo.TaskFailedException;
import dev.pogo.WorkerSaturatedException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * State of a task that has not returned a value, with everything that is known only from that state
 * on. A task has one field for it, see {@link Execution}, which changes by compare-and-set: each
 * race has one winner, and the winner's facts become visible with its change.
 *
 * <pre>
 * Waiting ──admit──▶ Running ──finish──▶ the value, Failed or Saturated
 *    │                  └────cancel────▶ Cancelled
 *    └──expire / cancel / no thread available──▶ Saturated / Cancelled / Failed
 * </pre>
 *
 * <p>The state of a waiting task is first {@link Waiting#SPAWNED}, and then its {@link QueueNode}
 * if it has to queue for its permit.
 *
 * <p>These are classes and not interfaces, since a value may be of any class: the test for a state
 * then reads one field of that class.
 */
abstract sealed class TaskState permits TaskState.Undecided, TaskState.Outcome {
    abstract Task.State state();

    /**
     * Returns the outcome of work that threw. It is a failure, unless a worker has found nobody to
     * run the job, or memory runs out: tasks need an outcome.
     */
    static Outcome ofThrown(Throwable thrown, PoolImpl pool, long at) {
        try {
            if (thrown instanceof WorkerSaturatedException nobody) {
                return new Saturated(pool.load(), nobody, at);
            }
        } catch (OutOfMemoryError e) {
            // It is recorded as a failure below.
        }
        return Failed.of(thrown, at);
    }

    /** There is no outcome yet. */
    abstract static sealed class Undecided extends TaskState permits Waiting, Running {}

    /** Spawned, and not yet admitted. */
    static sealed class Waiting extends Undecided permits QueueNode {
        /** The task is not in its pool's queue, at least not yet. */
        static final Waiting SPAWNED = new Waiting();

        @Override
        final Task.State state() {
            return Task.State.WAITING;
        }
    }

    /** Admitted. */
    static final class Running extends Undecided {
        static final Running RUNNING = new Running();

        private Running() {}

        @Override
        Task.State state() {
            return Task.State.RUNNING;
        }
    }

    /** An outcome that is not a value. */
    abstract static sealed class Outcome extends TaskState permits Failed, Saturated, Cancelled {
        /** {@link System#nanoTime()} of the outcome. */
        private final long at;

        private Outcome(long at) {
            this.at = at;
        }

        /** {@link System#nanoTime()} of the outcome. */
        final long at() {
            return at;
        }

        /** Returns whether {@link PogoScope#awaitAll()} must not succeed after this. */
        abstract boolean failsScope();

        /** Returns what {@link Task#result()} throws for this outcome. */
        abstract TaskException exception(TaskImpl<?> task);

        /** Returns the counter of this kind of outcome. */
        abstract AtomicLong counter(PoolHistory history);
    }

    /** The work threw, or no thread could be started for it. */
    static final class Failed extends Outcome {
        private static final Failed NO_MEMORY =
                madeBefore(
                        new OutOfMemoryError("out of memory while recording the task's failure"));

        /** For use where nothing can be done any more except to decide this outcome. */
        static final Failed UNKNOWN =
                madeBefore(new InternalError("the task's outcome could not be recorded"));

        private final Throwable cause;

        Failed(Throwable cause, long at) {
            super(at);
            this.cause = cause;
        }

        Throwable cause() {
            return cause;
        }

        private static Failed madeBefore(Error cause) {
            cause.setStackTrace(new StackTraceElement[0]); // it would not be that of any task
            return new Failed(cause, System.nanoTime());
        }

        /** Returns the failure, or a preallocated one if memory runs out: tasks need an outcome. */
        static Failed of(Throwable cause, long at) {
            try {
                return new Failed(cause, at);
            } catch (OutOfMemoryError e) {
                return NO_MEMORY;
            }
        }

        @Override
        Task.State state() {
            return Task.State.FAILED;
        }

        @Override
        boolean failsScope() {
            return true;
        }

        @Override
        TaskException exception(TaskImpl<?> task) {
            return new TaskFailedException(task.facts(), cause);
        }

        @Override
        AtomicLong counter(PoolHistory history) {
            return history.failed;
        }
    }

    /**
     * The task waited longer than its pool allows, or was refused because it would have had to; in
     * the latter case there is an estimate of the wait. The pool's numbers and the result of {@link
     * WaitCycle} are from that moment. Or the task had a permit, but its worker found nobody to run
     * the job.
     */
    static final class Saturated extends Outcome {
        private final PoolLoad load;
        private final List<String> cycle;
        private final @Nullable Duration estimate;

        /** Null if the task has waited for a permit. */
        private final @Nullable WorkerSaturatedException worker;

        Saturated(PoolLoad load, List<String> cycle, @Nullable Duration estimate, long at) {
            super(at);
            this.load = load;
            this.cycle = cycle;
            this.estimate = estimate;
            this.worker = null;
        }

        Saturated(PoolLoad load, WorkerSaturatedException worker, long at) {
            super(at);
            this.load = load;
            this.cycle = List.of();
            this.estimate = null;
            this.worker = worker;
        }

        PoolLoad load() {
            return load;
        }

        List<String> cycle() {
            return cycle;
        }

        @Nullable Duration estimate() {
            return estimate;
        }

        @Override
        Task.State state() {
            return Task.State.FAILED;
        }

        @Override
        boolean failsScope() {
            return true;
        }

        @Override
        TaskException exception(TaskImpl<?> task) {
            TaskException.Facts facts = task.facts(load);
            Duration maxWait = task.owningPool().maxWait();
            return worker == null
                    ? new PoolSaturatedException(facts, maxWait, cycle, estimate)
                    : new PoolSaturatedException(facts, maxWait, worker);
        }

        @Override
        AtomicLong counter(PoolHistory history) {
            return history.saturated;
        }
    }

    /**
     * The task was cancelled, while waiting or while running. In the latter case it may still run,
     * and its state is {@linkplain #ofRunning another object}, which tells the thread that stops
     * the task whether there is anything to stop. All tasks that one call cancels have the same
     * {@link #call}, by which that call recognises them.
     */
    static final class Cancelled extends Outcome {
        private static final Map<CancelReason, Cancelled> NO_MEMORY = noMemory();

        private static Map<CancelReason, Cancelled> noMemory() {
            Map<CancelReason, Cancelled> all = new EnumMap<>(CancelReason.class);
            for (CancelReason reason : CancelReason.values()) {
                all.put(reason, new Cancelled(reason, null, System.nanoTime()));
            }
            return all;
        }

        private final CancelReason reason;

        /** Timeout of the await that has cancelled the tasks; otherwise, or if unknown, null. */
        private final @Nullable Duration timeout;

        private final Cancelled call;
        private final Cancelled ofRunning;

        private Cancelled(CancelReason reason, @Nullable Duration timeout, long at) {
            super(at);
            this.reason = reason;
            this.timeout = timeout;
            this.call = this;
            this.ofRunning = new Cancelled(this);
        }

        /** For the running tasks that the call cancels. */
        private Cancelled(Cancelled call) {
            super(call.at());
            this.reason = call.reason;
            this.timeout = call.timeout;
            this.call = call;
            this.ofRunning = this;
        }

        CancelReason reason() {
            return reason;
        }

        /** Returns the object that {@link #now} returned to the call that cancels. */
        Cancelled call() {
            return call;
        }

        /** Returns the state of the cancelled tasks that were running, or at least admitted. */
        Cancelled ofRunning() {
            return ofRunning;
        }

        /** Returns whether this is the state of a task that had been admitted. */
        boolean isOfRunning() {
            return ofRunning == this;
        }

        /**
         * Returns a cancellation at this moment, or a preallocated one if memory runs out: the
         * tasks that use up the memory may be those that have to be cancelled.
         */
        static Cancelled now(CancelReason reason) {
            return now(reason, null);
        }

        /**
         * Returns a cancellation like {@link #now(CancelReason)}.
         *
         * @param timeout timeout of the await that has run out of time, or null
         */
        static Cancelled now(CancelReason reason, @Nullable Duration timeout) {
            long now = System.nanoTime();
            try {
                return new Cancelled(reason, timeout, now);
            } catch (OutOfMemoryError e) {
                return Objects.requireNonNull(NO_MEMORY.get(reason));
            }
        }

        @Override
        Task.State state() {
            return Task.State.CANCELLED;
        }

        @Override
        boolean failsScope() {
            return reason != CancelReason.CANCEL_CALLED && reason != CancelReason.LOST_RACE;
        }

        @Override
        TaskException exception(TaskImpl<?> task) {
            if (reason == CancelReason.AWAIT_TIMED_OUT && timeout != null) {
                return new AwaitTimeoutException(task.facts(), timeout, 1, 1, List.of());
            }
            Duration limit = limit(task);
            if (limit != null) {
                return new DeadlineExceededException(task.facts(), reason, limit);
            }
            TaskImpl<?> cause = cause(task);
            return cause != null ? cause.exception() : cancelled(task);
        }

        private TaskCancelledException cancelled(TaskImpl<?> task) {
            // Read first, so that the times of a task that has stopped are final when they are
            // read.
            boolean stopped = task.liveThread() == null;
            Duration tookToStop = task.tookToStop();
            return new TaskCancelledException(task.facts(), reason, stopped, tookToStop);
        }

        /** Returns the time limit whose passing is the reason; null if the reason is another. */
        private @Nullable Duration limit(TaskImpl<?> task) {
            if (reason == CancelReason.SCOPE_DEADLINE) {
                return task.scope().timeLimit();
            }
            return reason == CancelReason.TASK_TIMEOUT ? task.within() : null;
        }

        /** Returns the task whose failure is the reason, in a scope that fails fast, or null. */
        private @Nullable TaskImpl<?> cause(TaskImpl<?> task) {
            ScopeTasks tasks = task.scope().tasks();
            boolean ofSibling = reason == CancelReason.SIBLING_FAILED && tasks.isFailFast();
            TaskImpl<?> first = ofSibling ? tasks.firstFailure() : null;
            return first != null && first.cancelReason().orElse(null) != reason ? first : null;
        }

        @Override
        AtomicLong counter(PoolHistory history) {
            return history.cancelled;
        }
    }
}
