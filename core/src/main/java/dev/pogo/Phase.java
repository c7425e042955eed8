package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a task stands, as long as it has not given a value, and everything that is known only from
 * there on. A task has one field for it, see {@link Execution}, and moves by compare-and-set: so
 * each race has one winner, and the winner's facts become visible with its win.
 *
 * <pre>
 * Waiting ──admit──▶ Running ──finish──▶ the value or Failed
 *    │                  └────cancel────▶ Cancelled
 *    └──expire / cancel / no thread to be had──▶ Saturated / Cancelled / Failed
 * </pre>
 *
 * <p>A task that waits is first {@link Waiting#SPAWNED}, and then in its {@link Place}, if it has
 * to line up for its permit.
 *
 * <p>These are classes and not interfaces, since a value may be of any class: whether it is a phase
 * is then a look at one field of that class.
 */
abstract sealed class Phase permits Phase.Undecided, Phase.Ending {
    abstract Task.State state();

    /** There is no outcome yet. */
    abstract static sealed class Undecided extends Phase permits Waiting, Running {}

    /** Spawned, and not yet admitted. */
    static sealed class Waiting extends Undecided permits Place {
        /** Not in its pool's line, at least not yet. */
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
    abstract static sealed class Ending extends Phase permits Failed, Saturated, Cancelled {
        /** {@link System#nanoTime()} of the outcome. */
        private final long at;

        private Ending(long at) {
            this.at = at;
        }

        /** {@link System#nanoTime()} of the outcome. */
        final long at() {
            return at;
        }

        /** Whether {@link PogoScope#awaitAll()} must not succeed after this. */
        abstract boolean failsScope();

        /** What {@link Task#result()} throws for it. */
        abstract TaskException exception(Task<?> task);

        /** Where it is counted. */
        abstract AtomicLong counter(PoolHistory history);
    }

    /** The work threw, or no thread could be had for it. */
    static final class Failed extends Ending {
        private static final Failed NO_MEMORY =
                madeBefore(new OutOfMemoryError("no memory to keep what the task failed with"));

        /** For where nothing can be done any more but to decide this. */
        static final Failed UNKNOWN =
                madeBefore(new InternalError("what the task ended with could not be kept"));

        private final Throwable cause;

        Failed(Throwable cause, long at) {
            super(at);
            this.cause = cause;
        }

        private static Failed madeBefore(Error cause) {
            cause.setStackTrace(new StackTraceElement[0]); // it is not that of any task
            return new Failed(cause, System.nanoTime());
        }

        /**
         * The failure, or another one if there is no memory for it: a task must have an outcome.
         */
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
        TaskException exception(Task<?> task) {
            return new TaskFailedException(task, cause);
        }

        @Override
        AtomicLong counter(PoolHistory history) {
            return history.failed;
        }
    }

    /**
     * It waited longer than its pool allows, or was refused because it would have to: then there is
     * an estimate for how long. The pool's numbers are of that moment, and so is what {@link
     * WaitCycle} found.
     */
    static final class Saturated extends Ending {
        private final PoolLoad load;
        private final List<String> cycle;
        private final @Nullable Duration estimate;

        Saturated(PoolLoad load, List<String> cycle, @Nullable Duration estimate, long at) {
            super(at);
            this.load = load;
            this.cycle = cycle;
            this.estimate = estimate;
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
        TaskException exception(Task<?> task) {
            return new PoolSaturatedException(task, this);
        }

        @Override
        AtomicLong counter(PoolHistory history) {
            return history.saturated;
        }
    }

    /**
     * It was cancelled, while waiting or while running; in the latter case it may still run, and is
     * {@linkplain #ofRunning another object}: whoever stops the task knows by it whether there is
     * anything to stop. All tasks that one call cancels have the same {@link #call}, by which that
     * call knows them.
     */
    static final class Cancelled extends Ending {
        private static final Map<CancelReason, Cancelled> NO_MEMORY = noMemory();

        private static Map<CancelReason, Cancelled> noMemory() {
            Map<CancelReason, Cancelled> all = new EnumMap<>(CancelReason.class);
            for (CancelReason reason : CancelReason.values()) {
                all.put(reason, new Cancelled(reason, System.nanoTime()));
            }
            return all;
        }

        private final CancelReason reason;
        private final Cancelled call;
        private final Cancelled ofRunning;

        private Cancelled(CancelReason reason, long at) {
            super(at);
            this.reason = reason;
            this.call = this;
            this.ofRunning = new Cancelled(this);
        }

        /** For the running ones that the call cancels. */
        private Cancelled(Cancelled call) {
            super(call.at());
            this.reason = call.reason;
            this.call = call;
            this.ofRunning = this;
        }

        CancelReason reason() {
            return reason;
        }

        /** What {@link #now} has given to the call that cancels. */
        Cancelled call() {
            return call;
        }

        /** The phase of those that were running, or at least admitted. */
        Cancelled ofRunning() {
            return ofRunning;
        }

        /** Whether this is the phase of one that was admitted. */
        boolean isOfRunning() {
            return ofRunning == this;
        }

        /**
         * A cancellation at this moment; an earlier one if there is no memory for it, for that is
         * what may have to be cancelled.
         */
        static Cancelled now(CancelReason reason) {
            long now = System.nanoTime();
            try {
                return new Cancelled(reason, now);
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
            return !reason.isCallersChoice();
        }

        @Override
        TaskException exception(Task<?> task) {
            return new TaskCancelledException(task, reason);
        }

        @Override
        AtomicLong counter(PoolHistory history) {
            return history.cancelled;
        }
    }
}
