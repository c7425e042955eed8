package dev.pogo;

import dev.pogo.channel.Selectable;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/**
 * Tasks of one scope, in the order in which they end, whatever their outcomes; created by {@link
 * PogoScope#completions}.
 *
 * {@snippet file="dev/pogo/ExampleTest.java" region="completions"}
 *
 * <p>This only observes: unlike an await, it never cancels a task, neither when a timeout passes
 * nor when it is dropped before all tasks were given. It need not be closed.
 *
 * <p>Each task is given once. Several threads may take tasks at the same time, and then share them.
 * Taking the next task costs the same however many there are, which a {@link
 * dev.pogo.channel.Select} over all of them cannot offer. Where a message may come first, this can
 * be one case of a select, beside the channel.
 *
 * <p>A task that waits here lends its permit to those of these tasks that wait in its own pool, as
 * if it awaited them.
 *
 * <p>Implemented by Pogo only; further methods may be added.
 *
 * @param <T> the type of the tasks' values
 */
public interface Completions<T extends @Nullable Object> extends Selectable<Task<T>> {
    /**
     * Returns the task that has ended next, waiting for it up to the timeout. If the scope's
     * deadline passes meanwhile, the tasks are cancelled, so that they end and are given.
     *
     * @param timeout how long to wait; zero returns only a task that has already ended. When it has
     *     passed, nothing is cancelled and this call has had no effect. In a task that has lent its
     *     permit this may return later: it continues only once it has a permit again, see {@link
     *     dev.pogo.channel.Select}
     * @return the task, which is {@link Task#done() done}; or empty if none has ended in time or
     *     all have been given, which {@link #remaining()} tells apart
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if one of the tasks itself calls this
     * @throws InterruptedException if the calling thread is interrupted before or while it waits;
     *     no task was given by this call, and the tasks continue
     */
    Optional<Task<T>> next(Duration timeout) throws InterruptedException;

    /**
     * Returns the number of tasks that have not been given yet, whether they have ended or not.
     *
     * @return the number, 0 once all have been given
     */
    int remaining();
}
