package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.UnknownTaskException;
import dev.pogo.channel.Channel;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The tasks of a scope, and whether it accepts more. Adding a task and refusing all further ones
 * exclude each other, so that the thread that refuses knows every task that there will ever be. The
 * same holds for the scope's channels.
 */
final class ScopeTasks extends CancellableTasks {
    /** Maximum number of queues that are searched without a map. */
    private static final int FEW_QUEUES = 8;

    private final PogoScopeImpl scope;

    // The fields below are guarded by the lock.

    /** List of the queues, one for each pool that the scope has spawned into. */
    private @Nullable ScopeQueue queues;

    /**
     * Channels to be closed with the scope, in the order of their creation. Null while there are
     * none, which may be read without the lock.
     */
    private volatile @Nullable List<Channel<?>> channels;

    /** Reason why no more tasks are accepted; null while they are. Written with the lock held. */
    private volatile @Nullable CancelReason refusing;

    ScopeTasks(PogoScopeImpl scope) {
        this.scope = scope;
    }

    /**
     * Creates a task and adds it.
     *
     * @param label the name of the task, or its {@link dev.pogo.TaskSpec}, or {@link Mapping#ITEM},
     *     or null
     * @throws IllegalStateException if no more tasks are accepted
     */
    <T extends @Nullable Object> TaskImpl<T> add(
            PoolImpl pool, @Nullable Object label, Callable<? extends T> work) {
        lock.lock();
        try {
            ensureTaking();
            int place = size();
            if (place == 0) {
                scope.beforeFirstUse();
            }
            makeRoom(place);
            TaskImpl<T> task =
                    new TaskImpl<>(nextId(place), queue(pool), label, work, System.nanoTime());
            if (task.within() != null) {
                limit(task);
            }
            append(place, task);
            return task;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ensures that the first failure cancels the other tasks.
     *
     * @throws IllegalStateException if there are tasks, or no more are accepted
     */
    void failFast() {
        lock.lock();
        try {
            ensureTaking();
            if (size() > 0) {
                throw new IllegalStateException(
                        "failFast() must come before the first spawn, but the scope has spawned "
                                + size()
                                + (size() == 1 ? " task" : " tasks"));
            }
            makeExtras().failFast = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that tasks of a {@link Mapping} are about to be added.
     *
     * @throws IllegalStateException if no more tasks are accepted
     */
    void beginMap() {
        lock.lock();
        try {
            ensureTaking();
            ScopeExtras any = makeExtras();
            if (!any.mapped) {
                copyArray();
                any.mapped = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ensures that the task is cancelled at its own time limit. Must be called with the lock held,
     * before the task is appended, since memory may run out.
     */
    private void limit(TaskImpl<?> task) {
        ScopeExtras any = makeExtras();
        if (any.limited == null) {
            any.limited = new LimitedTasks();
        }
        LimitedTasks all = any.limited;
        all.add(task);
        try {
            scope.beforeLimitedTask(task.limitedTo());
        } catch (Throwable e) {
            all.remove(task);
            throw e;
        }
    }

    /**
     * Adds a channel, to be closed by {@link #closeChannels()}.
     *
     * @throws IllegalStateException if no more tasks are accepted
     */
    void add(Channel<?> channel) {
        lock.lock();
        try {
            ensureTaking();
            if (size() == 0) {
                scope.beforeFirstUse();
            }
            List<Channel<?>> all = channels;
            if (all == null) {
                all = new ArrayList<>(1);
                channels = all;
            }
            all.add(channel);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the scope's channels, which wakes all threads that wait for one of them. If one cannot
     * be closed, the others are closed and then this throws.
     */
    void closeChannels() {
        if (channels == null) {
            return;
        }
        Throwable failure = null;
        Channel<?> channel;
        for (int i = 0; (channel = channel(i)) != null; i++) {
            try {
                channel.close();
            } catch (Throwable e) {
                failure = e;
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /** Returns the channel with the number, or null after the last one. */
    private @Nullable Channel<?> channel(int number) {
        lock.lock();
        try {
            List<Channel<?>> all = channels;
            return all == null || number >= all.size() ? null : all.get(number);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the queue in which the scope's tasks wait for the pool. Must be called with the lock
     * held.
     */
    private ScopeQueue queue(PoolImpl pool) {
        ScopeExtras any = extras();
        IdentityHashMap<PoolImpl, ScopeQueue> byPool = any == null ? null : any.queuesByPool;
        ScopeQueue queue = byPool == null ? queues : byPool.get(pool);
        int others = 0;
        while (queue != null && queue.pool != pool) {
            queue = queue.next;
            others++;
        }
        if (queue == null) {
            queue = new ScopeQueue(scope, pool, queues);
            if (byPool != null) {
                byPool.put(pool, queue);
            } else if (others == FEW_QUEUES) {
                makeExtras().queuesByPool = byPool(queue);
            }
            // Last, since memory may run out in any step before.
            queues = queue;
        }
        return queue;
    }

    private static IdentityHashMap<PoolImpl, ScopeQueue> byPool(ScopeQueue first) {
        IdentityHashMap<PoolImpl, ScopeQueue> byPool = new IdentityHashMap<>();
        for (ScopeQueue queue = first; queue != null; queue = queue.next) {
            byPool.put(queue.pool, queue);
        }
        return byPool;
    }

    @Override
    ScopeQueue queueIn(PoolImpl pool) {
        lock.lock();
        try {
            return queue(pool);
        } finally {
            lock.unlock();
        }
    }

    @Override
    @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks waiting) {
        return queue.first;
    }

    @Override
    boolean mayGrow() {
        return true;
    }

    @Override
    boolean isReachedAt(long deadline) {
        return scope.endsAt(deadline);
    }

    private void ensureTaking() {
        if (refusing != null) {
            throw new IllegalStateException(
                    refusing == CancelReason.RUNTIME_CLOSED
                            ? "the Pogo runtime is closed"
                            : "the scope is closed");
        }
    }

    /**
     * Returns those tasks of a snapshot that are not dismissed and will not be; unmodifiable.
     *
     * @param all the snapshot, whose other elements may change if there are any
     */
    List<TaskImpl<?>> kept(List<TaskImpl<?>> all) {
        ScopeExtras any = extras();
        return any != null && any.mapped
                ? all.stream().filter(task -> !(task.isMapped() && task.hasValue())).toList()
                : all;
    }

    /** Returns whether tasks are still accepted. */
    boolean accepts() {
        return refusing == null;
    }

    /**
     * Refuses further tasks and channels, and wakes who waits for that. The first reason is kept.
     *
     * @return whether this is the first call
     */
    boolean refuse(CancelReason reason) {
        lock.lock();
        try {
            if (refusing != null) {
                return false;
            }
            refusing = reason;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the task with the id, at most once.
     *
     * @throws UnknownTaskException if there is no such task, or it has been returned before
     */
    TaskImpl<?> claim(long id) {
        lock.lock();
        try {
            int place = find(id);
            if (place < 0) {
                throw new UnknownTaskException(
                        id, "it was not spawned by this scope, or for an item of a map");
            }
            ScopeExtras any = makeExtras();
            if (any.claimed == null) {
                any.claimed = new BitSet();
            }
            BitSet claimed = any.claimed;
            if (claimed.get(place)) {
                throw new UnknownTaskException(id, "it has already been awaited by its id");
            }
            claimed.set(place);
            return array()[place];
        } finally {
            lock.unlock();
        }
    }

    /** Allows {@link #claim} to return the task again. */
    void unclaim(TaskImpl<?> task) {
        lock.lock();
        try {
            ScopeExtras any = extras();
            if (any != null && any.claimed != null) {
                int place = find(task.id());
                if (place >= 0) { // else it was dismissed meanwhile
                    any.claimed.clear(place);
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
