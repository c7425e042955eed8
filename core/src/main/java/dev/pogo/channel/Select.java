package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

/**
 * Waits for the first of several operations to be possible, and performs that one: a pop from a
 * channel, a push into one, or taking a task's outcome. The others have no effect. In place of each
 * of many tasks, {@code Completions} of them can be one case, whose value is the next task that has
 * ended.
 *
 * {@snippet file="dev/pogo/channel/ChannelExampleTest.java" region="select"}
 *
 * <p>A case is also ready if it can only fail: a task that has failed, a channel that is closed and
 * has nothing left, completions that have given all their tasks. It is chosen like any other, so
 * that its key identifies it, and {@link Selected#value()} throws the failure. If several cases are
 * ready, each is equally likely to be chosen.
 *
 * <p>Waiting takes time in proportion to the number of cases. To take many tasks as they end, use
 * {@code PogoScope.completions} of them as one case, which costs the same for each task however
 * many there are.
 *
 * <p>A task that selects lends its permit to those of the tasks among the cases that wait in its
 * own pool, as if it awaited them. However the select ends, the tasks go on. So a select that ends
 * for a reason other than a task returns only when the selecting task has a permit again: a free
 * one of its pool, or its own, once the task that it is lent to has ended or is waiting itself. If
 * another case has become ready by then, it may be chosen although the timeout has passed. Only an
 * interrupt of the thread, or the cancellation of the task that has the permit, ends that wait
 * earlier.
 */
public final class Select {
    private Select() {}

    /**
     * Returns a first case: a pop from a channel.
     *
     * @param key identifies the case; need not be unique
     * @param channel the channel
     * @param <K> the type of the keys
     * @return the cases, to which others can be added
     */
    public static <K> SelectCases<K> from(K key, Channel<?> channel) {
        return new SelectCases<K>().from(key, channel);
    }

    /**
     * Returns a first case: the outcome of a task, or the next task of completions.
     *
     * @param key identifies the case; need not be unique
     * @param task the task or the completions
     * @param <K> the type of the keys
     * @return the cases, to which others can be added
     */
    public static <K> SelectCases<K> from(K key, Selectable<? extends @Nullable Object> task) {
        return new SelectCases<K>().from(key, task);
    }

    /**
     * Returns a first case: a push into a channel.
     *
     * @param key identifies the case; need not be unique
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
