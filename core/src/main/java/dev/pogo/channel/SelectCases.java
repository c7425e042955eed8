package dev.pogo.channel;

import dev.pogo.util.Nanos;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The cases of a {@link Select}. They can be selected from repeatedly, each time anew; a channel or
 * task may appear in several of them. Not for use by several threads at once.
 *
 * @param <K> the type of the keys
 */
public final class SelectCases<K> {
    /** In no particular order: each look shuffles them. */
    private final List<SelectCase<K>> cases = new ArrayList<>();

    SelectCases() {}

    /**
     * Adds a case that pops from a channel.
     *
     * @param key the key that identifies the case; need not be unique
     * @param channel the channel
     * @return this
     */
    public SelectCases<K> from(K key, Channel<?> channel) {
        Objects.requireNonNull(key, "key");
        cases.add(new SelectCase.Pop<>(key, Objects.requireNonNull(channel, "channel")));
        return this;
    }

    /**
     * Adds a case that takes the outcome of a task, or the next task of completions. For many tasks
     * of one scope, completions cost less.
     *
     * @param key the key that identifies the case; need not be unique
     * @param task the task or the completions
     * @return this
     */
    public SelectCases<K> from(K key, Selectable<? extends @Nullable Object> task) {
        Objects.requireNonNull(key, "key");
        cases.add(new SelectCase.Outcome<>(key, Objects.requireNonNull(task, "task").source()));
        return this;
    }

    /**
     * Adds a case that pushes into a channel.
     *
     * @param key the key that identifies the case; need not be unique
     * @param channel the channel
     * @param element the element to push
     * @param <T> the type of the element
     * @return this
     */
    public <T> SelectCases<K> to(K key, Channel<? super T> channel, T element) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(channel, "channel");
        cases.add(new SelectCase.Push<>(key, channel, Objects.requireNonNull(element, "element")));
        return this;
    }

    /**
     * Waits for the first case that is ready, at most for the timeout, and performs it.
     *
     * @param timeout the maximum time to wait; zero takes only a case that is ready now. In a task
     *     that has lent its permit the wait can take longer, see {@link Select}
     * @return the case, or empty if none became ready: then nothing has happened
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if one of the cases is the task that calls this, or completions
     *     of it
     * @throws InterruptedException if the thread is interrupted before or while it waits: then
     *     nothing has happened
     */
    public Optional<Selected<K>> timeout(Duration timeout) throws InterruptedException {
        return Optional.ofNullable(select(true, Nanos.of(timeout, "timeout")));
    }

    /**
     * Waits without a time limit for the first case that is ready, and performs it.
     *
     * @return the case
     * @throws IllegalStateException if one of the cases is the task that calls this, or completions
     *     of it
     * @throws InterruptedException if the thread is interrupted before or while it waits: then
     *     nothing has happened
     */
    public Selected<K> await() throws InterruptedException {
        return Objects.requireNonNull(select(false, Nanos.FOREVER));
    }

    private @Nullable Selected<K> select(boolean timed, long nanos) throws InterruptedException {
        StackProbe.ensureRoom();
        for (SelectCase<K> each : cases) {
            each.ensureMayWait();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Selected<K> ready = look();
        return ready != null || nanos == 0
                ? ready
                : new Selection<>(cases).await(timed, timed ? System.nanoTime() + nanos : 0);
    }

    /** Tries one case after the other, in a random order; all orders are equally likely. */
    private @Nullable Selected<K> look() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < cases.size(); i++) {
            Collections.swap(cases, i, random.nextInt(i, cases.size()));
            Selected<K> ready = cases.get(i).look();
            if (ready != null) {
                return ready;
            }
        }
        return null;
    }
}
