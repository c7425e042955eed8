package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

/**
 * Waits for the first of several things to be possible, and does that one: a pop from a channel, a
 * push into one, or taking a task's outcome. To all others nothing happens. Instead of each of many
 * tasks, {@code Completions} of them can be a case: what it gives is the next task that has ended.
 *
 * {@snippet file="dev/pogo/channel/ChannelExampleTest.java" region="select"}
 *
 * <p>A case is also ready if it can only fail: a task that has failed, a channel that is closed and
 * has nothing left, completions that have given all their tasks. It is chosen like any other, so
 * that its key tells which one it was, and {@link Selected#value()} throws the failure. Of several
 * cases that are ready, each is as likely as the others.
 *
 * <p>To wait takes time in proportion to the number of cases. To take many tasks as they end, give
 * {@code PogoScope.completions} of them as one case, which costs the same for each task however
 * many there are.
 *
 * <p>A task that selects lends its permit to those of the tasks among the cases that wait in its
 * own pool, as if it awaited them. Whatever the end of the select, the tasks go on. So a select
 * that ends for another reason than a task returns when the selecting task has a permit again: a
 * free one of its pool, or its own, once the task that it is lent to has ended or waits itself. If
 * another case has become ready until then, it may be chosen although the timeout has passed. Only
 * an interrupt of the thread, or the cancellation of the task that has the permit, ends that wait
 * before.
 */
public final class Select {
    private Select() {}

    /**
     * A first case: a pop from a channel.
     *
     * @param key what to know the case by; need not be unique
     * @param channel the channel
     * @param <K> the type of the keys
     * @return the cases, to which others can be added
     */
    public static <K> SelectCases<K> from(K key, Channel<?> channel) {
        return new SelectCases<K>().from(key, channel);
    }

    /**
     * A first case: the outcome of a task, or the next task of completions.
     *
     * @param key what to know the case by; need not be unique
     * @param task the task or the completions
     * @param <K> the type of the keys
     * @return the cases, to which others can be added
     */
    public static <K> SelectCases<K> from(K key, Selectable<? extends @Nullable Object> task) {
        return new SelectCases<K>().from(key, task);
    }

    /**
     * A first case: a push into a channel.
     *
     * @param key what to know the case by; need not be unique
     * @param channel the channel
     * @param element the element to push
     * @param <K> the type of the keys
     * @param <T> the type of the element
     * @return the cases, to which others can be added
     */
    public static <K, T> SelectCases<K> to(K key, Channel<? super T> channel, T element) {
        return new SelectCases<K>().to(key, channel, element);
    }
}
