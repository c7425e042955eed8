package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * Where a task stands, and everything that is known only from there on. A task has one field of
 * this type and moves by compare-and-set on it, so that each race has one winner and the winner's
 * facts become visible with its win:
 *
 * <pre>
 * Waiting ──admit──▶ Execution ──finish / cancel──▶ Outcome
 *    └──────expire / cancel / no thread to be had──────▲
 * </pre>
 */
sealed interface Phase permits Phase.Waiting, Execution, Phase.Outcome {
    Task.State state();

    /** The run of the work, or null if it was never admitted. */
    @Nullable Execution execution();

    /** Spawned, and not yet admitted. */
    enum Waiting implements Phase {
        WAITING;

        @Override
        public Task.State state() {
            return Task.State.WAITING;
        }

        @Override
        public @Nullable Execution execution() {
            return null;
        }
    }

    /** The end of a task; final. */
    sealed interface Outcome extends Phase {
        /** {@link System#nanoTime()} of the outcome. */
        long at();

        /** Whether {@link PogoScope#awaitAll()} must not succeed after this. */
        boolean failsScope();
    }

    /** The work gave a value. */
    record Succeeded(@Nullable Object value, Execution execution) implements Outcome {
        @Override
        public Task.State state() {
            return Task.State.SUCCEEDED;
        }

        @Override
        public long at() {
            return execution.endedAt();
        }

        @Override
        public boolean failsScope() {
            return false;
        }
    }

    /** The work threw; or no thread could be had for it, and then there is no execution. */
    record Failed(Throwable cause, long at, @Nullable Execution execution) implements Outcome {
        @Override
        public Task.State state() {
            return Task.State.FAILED;
        }

        @Override
        public boolean failsScope() {
            return true;
        }
    }

    /**
     * It waited longer than its pool allows, or was refused because it would have to: then there is
     * an estimate for how long. The pool's numbers are of that moment, and so is what {@link
     * WaitCycle} found.
     */
    record Saturated(PoolStats stats, List<String> cycle, @Nullable Duration estimate, long at)
            implements Outcome {
        @Override
        public Task.State state() {
            return Task.State.FAILED;
        }

        @Override
        public @Nullable Execution execution() {
            return null;
        }

        @Override
        public boolean failsScope() {
            return true;
        }
    }

    /** It was cancelled, while waiting or while running; in the latter case it may still run. */
    record Cancelled(CancelReason reason, long at, @Nullable Execution execution)
            implements Outcome {
        @Override
        public Task.State state() {
            return Task.State.CANCELLED;
        }

        @Override
        public boolean failsScope() {
            return !reason.isCallersChoice();
        }
    }
}
