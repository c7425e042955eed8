package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a task stands, and everything that is known only from there on. A task moves by
 * compare-and-set, so that each race has one winner and the winner's facts become visible with its
 * win. Whether it is ever admitted is decided in the task's one field of this type; how an admitted
 * one ends, in its {@link Execution}, which stays the task's phase for good:
 *
 * <pre>
 * Waiting ──admit──▶ Execution ──finish / cancel──▶ Execution with a value or an Ending
 *    └──────expire / cancel / no thread to be had──▶ Ending
 * </pre>
 *
 * <p>A task that waits is first {@link Spawned#SPAWNED}, and then in its {@link Place}, if it has
 * to line up for its permit.
 */
sealed interface Phase permits Phase.Waiting, Execution, Phase.Ending {
    Task.State state();

    /** Whether there is an outcome, which is final. */
    boolean done();

    /** The outcome if it is not a value, else null. */
    @Nullable Ending ending();

    /** The run of the work, or null if it was never admitted. */
    @Nullable Execution execution();

    /** Spawned, and not yet admitted. */
    sealed interface Waiting extends Phase permits Spawned, Place {
        @Override
        default Task.State state() {
            return Task.State.WAITING;
        }

        @Override
        default boolean done() {
            return false;
        }

        @Override
        default @Nullable Ending ending() {
            return null;
        }

        @Override
        default @Nullable Execution execution() {
            return null;
        }
    }

    /** Not in its pool's line, at least not yet. */
    enum Spawned implements Waiting {
        SPAWNED
    }

    /**
     * An outcome that is not a value. It is the phase of a task that was never admitted, and else
     * stands in its execution.
     */
    sealed interface Ending extends Phase {
        /** {@link System#nanoTime()} of the outcome. */
        long at();

        /** Whether {@link PogoScope#awaitAll()} must not succeed after this. */
        boolean failsScope();

        /** What {@link Task#result()} throws for it. */
        TaskException exception(Task<?> task);

        /** Where it is counted. */
        AtomicLong counter(PoolHistory history);

        @Override
        default boolean done() {
            return true;
        }

        @Override
        default Ending ending() {
            return this;
        }

        @Override
        default @Nullable Execution execution() {
            return null;
        }
    }

    /** The work threw, or no thread could be had for it. */
    record Failed(Throwable cause, long at) implements Ending {
        private static final Failed NO_MEMORY =
                madeBefore(new OutOfMemoryError("no memory to keep what the task failed with"));

        /** For where nothing can be done any more but to decide this. */
        static final Failed UNKNOWN =
                madeBefore(new InternalError("what the task ended with could not be kept"));

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
        public Task.State state() {
            return Task.State.FAILED;
        }

        @Override
        public boolean failsScope() {
            return true;
        }

        @Override
        public TaskException exception(Task<?> task) {
            return new TaskFailedException(task, cause);
        }

        @Override
        public AtomicLong counter(PoolHistory history) {
            return history.failed;
        }
    }

    /**
     * It waited longer than its pool allows, or was refused because it would have to: then there is
     * an estimate for how long. The pool's numbers are of that moment, and so is what {@link
     * WaitCycle} found.
     */
    record Saturated(PoolLoad load, List<String> cycle, @Nullable Duration estimate, long at)
            implements Ending {
        @Override
        public Task.State state() {
            return Task.State.FAILED;
        }

        @Override
        public boolean failsScope() {
            return true;
        }

        @Override
        public TaskException exception(Task<?> task) {
            return new PoolSaturatedException(task, this);
        }

        @Override
        public AtomicLong counter(PoolHistory history) {
            return history.saturated;
        }
    }

    /**
     * It was cancelled, while waiting or while running; in the latter case it may still run. All
     * that one call cancels have the same object, by which that call knows them.
     */
    record Cancelled(CancelReason reason, long at) implements Ending {
        private static final Map<CancelReason, Cancelled> NO_MEMORY = noMemory();

        private static Map<CancelReason, Cancelled> noMemory() {
            Map<CancelReason, Cancelled> all = new EnumMap<>(CancelReason.class);
            for (CancelReason reason : CancelReason.values()) {
                all.put(reason, new Cancelled(reason, System.nanoTime()));
            }
            return all;
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
        public Task.State state() {
            return Task.State.CANCELLED;
        }

        @Override
        public boolean failsScope() {
            return !reason.isCallersChoice();
        }

        @Override
        public TaskException exception(Task<?> task) {
            return new TaskCancelledException(task, reason);
        }

        @Override
        public AtomicLong counter(PoolHistory history) {
            return history.cancelled;
        }
    }
}
