package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.UnknownTaskException;
import dev.pogo.channel.Channel;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The tasks of a scope, and whether it accepts more. Adding a task and refusing all further ones
 * exclude each other, so that the thread that refuses knows every task that there will ever be. The
 * same holds for the scope's channels.
 */
final class ScopeTasks extends TaskFailures {
    /**
     * Interval at which a close that cannot allocate memory checks whether all tasks have ended.
     */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Maximum number of queues that are searched without a map. */
    private static final int FEW_QUEUES = 8;

    private final PogoScopeImpl scope;

    // The fields below are guarded by the lock.

    /** List of the queues, one for each pool that the scope has spawned into. */
    private @Nullable ScopeQueue queues;

    /** All queues, if there are more than {@link #FEW_QUEUES}; otherwise null. */
    private @Nullable IdentityHashMap<PoolImpl, ScopeQueue> queuesByPool;

    /** Indexes of the tasks that {@link #claim} has returned; null until the first is. */
    private @Nullable BitSet claimed;

    /**
     * Channels to be closed with the scope, in the order of their creation. Null while there are
     * none, which may be read without the lock.
     */
    private volatile @Nullable List<Channel<?>> channels;

    /** Null until a task has a time limit of its own. */
    private @Nullable LimitedTasks limited;

    /** Reason why no more tasks are accepted; null while they are. */
    private @Nullable CancelReason refusing;

    ScopeTasks(PogoScopeImpl scope) {
        this.scope = scope;
    }

    /**
     * Creates a task and adds it.
     *
     * @param label the name of the task, or its {@link dev.pogo.TaskSpec}, or null
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
            makeFailFast();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ensures that the task is cancelled at its own time limit. Must be called with the lock held,
     * before the task is appended, since memory may run out.
     */
    private void limit(TaskImpl<?> task) {
        LimitedTasks all = limited;
        if (all == null) {
            all = new LimitedTasks();
            limited = all;
        }
        all.add(task);
        try {
            scope.beforeLimitedTask(task.limitedTo());
        } catch (Throwable e) {
            all.remove(task);
            throw e;
        }
    }

    /**
     * Cancels the tasks whose own time limits have passed, and leaves it to the caller to stop
     * them.
     *
     * @param stopping receives those that are to be stopped
     * @return when the next limit passes, in terms of {@link System#nanoTime()}, or {@link
     *     ScopeAlarm#NEVER}
     */
    long cancelOverdue(List<TaskImpl<?>> stopping) {
        Cancelled cancelled = Cancelled.now(CancelReason.TASK_TIMEOUT);
        while (true) {
            TaskImpl<?> task;
            lock.lock();
            try {
                LimitedTasks all = limited;
                if (all == null) {
                    return ScopeAlarm.NEVER;
                }
                task = all.pollOverdue(cancelled.at());
                if (task == null) {
                    TaskImpl<?> next = all.next();
                    return next == null ? ScopeAlarm.NEVER : next.limitedTo();
                }
            } finally {
                lock.unlock();
            }
            Cancellation.decide(task, cancelled);
            try {
                stopping.add(task);
            } catch (OutOfMemoryError e) {
                task.stopCancelled();
            }
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
        IdentityHashMap<PoolImpl, ScopeQueue> byPool = queuesByPool;
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
                queuesByPool = byPool(queue);
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

    /** Returns whether tasks are still accepted. */
    boolean accepts() {
        lock.lock();
        try {
            return refusing == null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Refuses further tasks and channels. The first reason is kept.
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
                throw new UnknownTaskException(id, "it was not spawned by this scope");
            }
            if (claimed == null) {
                claimed = new BitSet();
            }
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
            if (claimed != null) {
                claimed.clear(find(task.id()));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until every task has ended, after they were cancelled. Without a grace period the wait
     * is unbounded by contract: nothing outlives its scope.
     *
     * @param reason why they were cancelled; the cancellation is repeated from time to time, in
     *     case it failed
     * @param grace the maximum time to wait since the close began, or null
     * @return false if the grace period is over and tasks still run
     */
    boolean awaitAllEnded(CancelReason reason, @Nullable Duration grace, long began) {
        boolean interrupted = false;
        long nextReport = began + Stragglers.REPORT_NANOS;
        long leaveAt = began + (grace == null ? Nanos.FOREVER : Nanos.of(grace, "grace"));
        TaskImpl<?> alive;
        while ((alive = newestAlive()) != null) {
            long until = nextReport - leaveAt < 0 ? nextReport : leaveAt;
            try {
                if (waitUntilEnded(alive, until)) {
                    continue;
                }
                boolean leaving = grace != null && until == leaveAt;
                Stragglers.report(this, System.nanoTime() - began, leaving);
                if (leaving) {
                    break;
                }
                cancelAll(reason);
                nextReport += Stragglers.REPORT_NANOS;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive == null;
    }

    /** Waits for the end of the task. Polls if memory for a waiter cannot be allocated. */
    private static boolean waitUntilEnded(TaskImpl<?> task, long until)
            throws InterruptedException {
        try {
            return task.awaitEnd(until);
        } catch (OutOfMemoryError e) {
            while (!task.hasEnded() && until - System.nanoTime() > 0) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(task, LOOK_NANOS);
            }
            return task.hasEnded();
        }
    }

    /**
     * Cancels the tasks that have no outcome, when no more can be added or later ones do not
     * matter, and stops those that have been cancelled but not stopped.
     */
    void cancelAll(CancelReason reason) {
        int count = size();
        if (passOver(array(), count) < count) {
            cancelAll(Cancelled.now(reason));
        }
    }

    /**
     * Cancels the tasks like {@link #cancelAll(CancelReason)}, with an outcome by which the caller
     * recognizes them afterwards.
     */
    void cancelAll(Cancelled cancelled) {
        int count = size();
        TaskImpl<?>[] all = array();
        Cancellation.cancel(all, passOver(all, count), count, cancelled);
    }

    /** Cancels the tasks that have not been admitted. */
    void cancelWaiting(Cancelled cancelled) {
        int count = size();
        TaskImpl<?>[] all = array();
        Cancellation.decideWaiting(all, passOver(all, count), count, cancelled);
    }

    /**
     * Decides that all tasks that were spawned before this call and have no outcome are cancelled.
     *
     * @return whether {@link #stopCancelled()} must be called next
     */
    boolean decideCancelled(Cancelled cancelled) {
        int count = sizeInOrder();
        TaskImpl<?>[] all = array();
        Cancellation.decide(all, passOver(all, count), count, cancelled);
        return !allEnded();
    }

    /** Stops the cancelled tasks that no thread has stopped yet. */
    void stopCancelled() {
        int count = size();
        TaskImpl<?>[] all = array();
        Cancellation.stop(all, passOver(all, count), count);
    }
}
