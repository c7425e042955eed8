package dev.pogo;

import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Thrown for a task that waited for a permit for as long as its pool allows and never ran, or that
 * was refused at once because its turn would come after its deadline ({@link
 * PoolConfig#shedDoomed()}). Also thrown for a job that had a permit, but for which the pool's
 * {@link Worker} found nobody to run it; the cause is then its {@link WorkerSaturatedException}.
 * The pool's numbers are those at that moment.
 *
 * @serial exclude
 */
public final class PoolSaturatedException extends TaskException {
    @Serial private static final long serialVersionUID = 1;

    private final Duration maxWait;

    @SuppressWarnings("serial") // an unmodifiable list of the JDK, which is serializable
    private final List<String> cycle;

    private final @Nullable Duration estimatedWait;

    /**
     * Creates an exception. Public for tests of code that handles it.
     *
     * @param facts the facts about the task
     * @param maxWait the pool's {@code max_wait}
     * @param cycle a line for each of the tasks that waited for each other, empty if there are none
     * @param estimatedWait the minimum time that a task that was refused would have waited; null
     *     for a task that has waited
     */
    public PoolSaturatedException(
            Facts facts, Duration maxWait, List<String> cycle, @Nullable Duration estimatedWait) {
        super(facts, what(Objects.requireNonNull(maxWait, "maxWait"), cycle, estimatedWait), null);
        this.maxWait = maxWait;
        this.cycle = List.copyOf(cycle);
        this.estimatedWait = estimatedWait;
    }

    /**
     * Creates an exception for a job that a worker could not pass on. Public for tests of code that
     * handles it.
     *
     * @param facts the facts about the task
     * @param maxWait the pool's {@code max_wait}
     * @param cause what the worker has waited for
     */
    public PoolSaturatedException(Facts facts, Duration maxWait, WorkerSaturatedException cause) {
        super(facts, String.valueOf(cause.getMessage()), cause);
        this.maxWait = Objects.requireNonNull(maxWait, "maxWait");
        this.cycle = List.of();
        this.estimatedWait = null;
    }

    private static String what(
            Duration maxWait, List<String> cycle, @Nullable Duration estimatedWait) {
        return estimatedWait == null
                ? "no permit within max_wait of " + Durations.describe(maxWait) + describe(cycle)
                : "refused, because it would wait at least "
                        + Durations.describe(estimatedWait)
                        + " for a permit, and its deadline comes before";
    }

    /**
     * Returns the pool's {@code max_wait}.
     *
     * @return how long a task of the pool may wait
     */
    public Duration maxWait() {
        return maxWait;
    }

    /**
     * Returns the tasks that waited for each other at that moment, so that the pool could not give
     * a permit. Of the tasks that hold up each other, this is known to the exception of the first
     * one to expire; its failure lets the others go on, or leaves them without a cycle.
     *
     * @return a line for each such task, each followed by the one that it awaits; empty if there
     *     was no such cycle; unmodifiable
     */
    public List<String> cycle() {
        return cycle;
    }

    /**
     * Returns the minimum time that the task would have waited, estimated from how its pool was
     * recently admitting tasks.
     *
     * @return the time; empty if the task was not refused for this reason, but has waited
     */
    public Optional<Duration> estimatedWait() {
        return Optional.ofNullable(estimatedWait);
    }
}
