package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.PogoScope;
import dev.pogo.UnknownTaskException;
import dev.pogo.channel.Channel;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.SpinLock;
import dev.pogo.util.Timeout;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The tasks of a scope: those that it has spawned, whether it accepts more, and which one failed
 * first. Adding a task and refusing all further ones exclude each other, so that the thread that
 * refuses knows every task that there will ever be. The same holds for the scope's channels.
 *
 * <p>A task that succeeds writes nothing here when it ends, since the threads of all tasks would
 * write to it. A thread that waits for all tasks waits for one after the other, newest first, since
 * the others are mostly decided by then. Only the first failure is signalled here, to the threads
 * that {@linkplain #awaitAllDecidedOrOneFailed wait for it}.
 */
final class ScopeTasks extends WaitList {
    private static final VarHandle SIZE;
    private static final VarHandle DECIDED_FIRST;
    private static final VarHandle OVER_FIRST;
    private static final VarHandle FINE_FIRST;
    private static final VarHandle TASKS;
    private static final VarHandle DECIDED_LAST;
    private static final VarHandle ENDED_LAST;
    private static final VarHandle FIRST_FAILURE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            DECIDED_FIRST = lookup.findVarHandle(ScopeTasks.class, "decidedFirst", int.class);
            OVER_FIRST = lookup.findVarHandle(ScopeTasks.class, "overFirst", int.class);
            FINE_FIRST = lookup.findVarHandle(ScopeTasks.class, "fineFirst", int.class);
            TASKS = lookup.findVarHandle(ScopeTasks.class, "tasks", TaskImpl[].class);
            DECIDED_LAST = lookup.findVarHandle(ScopeTasks.class, "decidedLast", long.class);
            ENDED_LAST = lookup.findVarHandle(ScopeTasks.class, "endedLast", long.class);
            SIZE = lookup.findVarHandle(ScopeTasks.class, "size", int.class);
            FIRST_FAILURE = lookup.findVarHandle(ScopeTasks.class, "firstFailure", TaskImpl.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Interval at which a close that cannot allocate memory checks whether all tasks have ended.
     */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * The first id that no scope has taken. Shared by the whole process, so scopes take ids in
     * blocks.
     */
    private static final AtomicLong NEXT_IDS = new AtomicLong(1);

    private static final int FEWEST_IDS = 4;
    private static final int MOST_IDS = 64;
    private static final TaskImpl<?>[] NONE = {};

    /** Maximum number of queues that are searched without a map. */
    private static final int FEW_QUEUES = 8;

    private final PogoScopeImpl scope;

    /**
     * Guards the fields down to {@link #refusing}. The locks of the runtime and the timer are taken
     * under it, for the first task or channel.
     */
    private final SpinLock lock = SpinLock.outer();

    /**
     * Tasks in the order of spawning, which is also the order of their ids. An element below {@link
     * #size} never changes.
     */
    private TaskImpl<?>[] tasks = NONE;

    /**
     * Written after the task's array element, so that a thread that reads this first sees all
     * tasks.
     */
    private volatile int size;

    /** Id of the next task, if it is less than {@link #idsEnd}. */
    private long nextId;

    private long idsEnd;

    /**
     * Number of tasks, from the first on, that have been seen with their outcomes. Written with
     * release and read with acquire mode, so that a reader sees what the writer has seen of them.
     * The last write wins; a smaller number is also correct.
     */
    @SuppressWarnings("UnusedVariable") // accessed only through its VarHandle
    private int decidedFirst;

    /**
     * Like {@link #decidedFirst}, for tasks that have been seen to be {@linkplain TaskImpl#isOver
     * over}.
     */
    @SuppressWarnings("UnusedVariable") // accessed only through its VarHandle
    private int overFirst;

    /**
     * Like {@link #decidedFirst}, for tasks with outcomes after which {@link PogoScope#awaitAll()}
     * succeeds.
     */
    @SuppressWarnings("UnusedVariable") // accessed only through its VarHandle
    private int fineFirst;

    /**
     * Range of tasks, up to the last one, that have been seen with their outcomes: its first index
     * in the low half, and the number of tasks at that time in the high half. Written and read like
     * {@link #decidedFirst}.
     */
    @SuppressWarnings("UnusedVariable") // accessed only through its VarHandle
    private long decidedLast;

    /** Like {@link #decidedLast}, for tasks that have been seen to have ended. */
    @SuppressWarnings("UnusedVariable") // accessed only through its VarHandle
    private long endedLast;

    /** List of the queues, one for each pool that the scope has spawned into. */
    private @Nullable ScopeQueue queues;

    /** All queues, if there are more than {@link #FEW_QUEUES}; otherwise null. */
    private @Nullable IdentityHashMap<PoolImpl, ScopeQueue> queuesByPool;

    /**
     * Indexes in {@link #tasks} of those that {@link #claim} has returned; null until the first is.
     */
    private @Nullable BitSet claimed;

    /**
     * Channels to be closed with the scope, in the order of their creation. Null while there are
     * none, which may be read without the lock.
     */
    private volatile @Nullable List<Channel<?>> channels;

    /** Reason why no more tasks are accepted; null while they are. */
    private @Nullable CancelReason refusing;

    /** The first task whose outcome {@link PogoScope#awaitAll()} throws; set once. */
    private volatile @Nullable TaskImpl<?> firstFailure;

    ScopeTasks(PogoScopeImpl scope) {
        this.scope = scope;
    }

    /**
     * Creates a task and adds it.
     *
     * @throws IllegalStateException if no more tasks are accepted
     */
    <T extends @Nullable Object> TaskImpl<T> add(
            PoolImpl pool, @Nullable String name, Callable<? extends T> work) {
        lock.lock();
        try {
            ensureTaking();
            int place = size;
            if (place == 0) {
                scope.beforeFirstUse();
            }
            if (place == tasks.length) {
                TASKS.setRelease(this, Arrays.copyOf(tasks, Math.max(4, 2 * place)));
            }
            TaskImpl<T> task =
                    new TaskImpl<>(nextId(place), queue(pool), name, work, System.nanoTime());
            tasks[place] = task;
            SIZE.setRelease(this, place + 1);
            return task;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the id for the task at the index. Later tasks have higher ids. */
    private long nextId(int place) {
        if (nextId == idsEnd) {
            int block = Math.clamp(place, FEWEST_IDS, MOST_IDS);
            nextId = NEXT_IDS.getAndAdd(block);
            idsEnd = nextId + block;
        }
        return nextId++;
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
            if (size == 0) {
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
    List<TaskImpl<?>> awaited() {
        return undecidedOf(snapshot());
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
            return tasks[place];
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

    /** Returns the index of the task with the id, or a negative number. */
    private int find(long id) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = tasks[middle].id();
            if (found == id) {
                return middle;
            }
            if (found < id) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Returns an unmodifiable list of all tasks so far. */
    List<TaskImpl<?>> snapshot() {
        lock.lock();
        try {
            // Later tasks are stored at higher indexes, or in another array.
            return Collections.unmodifiableList(Arrays.asList(tasks).subList(0, size));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the part of a snapshot before the first task without an outcome; unmodifiable. All
     * calls together look at each decided task about once, so that frequent calls do not each pay
     * for all the tasks before.
     */
    List<TaskImpl<?>> decidedOf(List<TaskImpl<?>> snapshot) {
        return snapshot.subList(0, countDecided(snapshot));
    }

    /** Returns the part of a snapshot from the first task without an outcome on. */
    List<TaskImpl<?>> undecidedOf(List<TaskImpl<?>> snapshot) {
        return snapshot.subList(countDecided(snapshot), snapshot.size());
    }

    private int countDecided(List<TaskImpl<?>> snapshot) {
        int count =
                countDecided(
                        snapshot, Math.min((int) DECIDED_FIRST.getAcquire(this), snapshot.size()));
        if (count > (int) DECIDED_FIRST.getAcquire(this)) {
            DECIDED_FIRST.setRelease(this, count);
        }
        return count;
    }

    /** Returns the index of the first task that a cancellation has to look at. */
    private int passOver(TaskImpl<?>[] all, int count) {
        int over = Math.min((int) OVER_FIRST.getAcquire(this), count);
        while (over < count && all[over].isOver()) {
            over++;
        }
        if (over > (int) OVER_FIRST.getAcquire(this)) {
            OVER_FIRST.setRelease(this, over);
        }
        return over;
    }

    /**
     * Returns the number of tasks, from the first on, that have their outcomes.
     *
     * @param known the number of tasks that are known to have them
     */
    static int countDecided(List<? extends TaskImpl<?>> tasks, int known) {
        int count = known;
        while (count < tasks.size() && tasks.get(count).done()) {
            count++;
        }
        return count;
    }

    /** Waits until every task has its outcome, and then runs the conclusion. */
    boolean awaitAllDecided(long deadline, Conclusion conclusion) throws InterruptedException {
        return awaitUntil(() -> newestUndecided() == null, deadline, conclusion);
    }

    /**
     * Waits until every task has its outcome or one has {@link #firstFailure() failed}, and then
     * runs the conclusion.
     */
    void awaitAllDecidedOrOneFailed(long deadline, Conclusion conclusion)
            throws InterruptedException {
        awaitUntil(() -> firstFailure != null || newestUndecided() == null, deadline, conclusion);
    }

    /**
     * Returns the last task that has no outcome, or null if all have one. All calls together look
     * at each decided task about once, as long as no task is added.
     */
    private @Nullable TaskImpl<?> newestUndecided() {
        int count = size;
        TaskImpl<?>[] all = (TaskImpl<?>[]) TASKS.getAcquire(this);
        int first = (int) DECIDED_FIRST.getAcquire(this);
        long seen = (long) DECIDED_LAST.getAcquire(this);
        int from = (int) (seen >>> 32) == count ? (int) seen : count;
        int last = from;
        while (last > first && all[last - 1].done()) {
            last--;
        }
        if (last <= first) {
            DECIDED_FIRST.setRelease(this, count);
            return null;
        }
        if (last < from) {
            DECIDED_LAST.setRelease(this, (long) count << 32 | last);
        }
        return all[last - 1];
    }

    @Override
    TaskImpl<?> anyTask() {
        TaskImpl<?> undecided = newestUndecided();
        return undecided != null ? undecided : ((TaskImpl<?>[]) TASKS.getAcquire(this))[0];
    }

    @Override
    boolean waitsInTasks() {
        return true;
    }

    @Override
    boolean isReachedAt(long deadline) {
        return scope.endsAt(deadline);
    }

    /** Records a task with an outcome after which {@link PogoScope#awaitAll()} must not succeed. */
    void failed(TaskImpl<?> task) {
        if (FIRST_FAILURE.compareAndSet(this, null, task)) {
            wakeAll();
        }
    }

    /**
     * Returns the first task whose outcome {@link PogoScope#awaitAll()} throws, or null. Once all
     * tasks are decided, this finds it even if the thread that decided it has not called {@link
     * #failed} yet.
     */
    @Nullable TaskImpl<?> firstFailure() {
        TaskImpl<?> first = firstFailure;
        if (first != null) {
            return first;
        }
        int count = size;
        TaskImpl<?>[] all = (TaskImpl<?>[]) TASKS.getAcquire(this);
        int fine = Math.min((int) FINE_FIRST.getAcquire(this), count);
        while (fine < count && all[fine].done() && !all[fine].failsScope()) {
            fine++;
        }
        FINE_FIRST.setRelease(this, fine);
        for (int i = fine; i < count; i++) {
            TaskImpl<?> task = all[i];
            if (task.failsScope() && (first == null || task.decidedAt() - first.decidedAt() < 0)) {
                first = task;
            }
        }
        return first;
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
        long leaveAt = began + (grace == null ? Timeout.FOREVER : Timeout.nanos(grace, "grace"));
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
     * Returns the last task that has not ended, or null if all have. All calls together look at
     * each task about once, as long as no task is added.
     */
    private @Nullable TaskImpl<?> newestAlive() {
        int count = size;
        TaskImpl<?>[] all = (TaskImpl<?>[]) TASKS.getAcquire(this);
        long seen = (long) ENDED_LAST.getAcquire(this);
        int from = (int) (seen >>> 32) == count ? (int) seen : count;
        int last = from;
        while (last > 0 && all[last - 1].hasEnded()) {
            last--;
        }
        if (last < from) {
            ENDED_LAST.setRelease(this, (long) count << 32 | last);
        }
        return last == 0 ? null : all[last - 1];
    }

    /**
     * Cancels the tasks that have no outcome, when no more can be added or later ones do not
     * matter, and stops those that have been cancelled but not stopped.
     */
    void cancelAll(CancelReason reason) {
        int count = size;
        if (passOver((TaskImpl<?>[]) TASKS.getAcquire(this), count) < count) {
            cancelAll(Cancelled.now(reason));
        }
    }

    /**
     * Cancels the tasks like {@link #cancelAll(CancelReason)}, with an outcome by which the caller
     * recognizes them afterwards.
     */
    void cancelAll(Cancelled cancelled) {
        int count = size;
        TaskImpl<?>[] all = (TaskImpl<?>[]) TASKS.getAcquire(this);
        Cancellation.cancel(all, passOver(all, count), count, cancelled);
    }

    /** Cancels the tasks that have not been admitted. */
    void cancelWaiting(Cancelled cancelled) {
        int count = size;
        TaskImpl<?>[] all = (TaskImpl<?>[]) TASKS.getAcquire(this);
        Cancellation.decideWaiting(all, passOver(all, count), count, cancelled);
    }

    /**
     * Decides that all tasks that were spawned before this call and have no outcome are cancelled.
     *
     * @return whether {@link #stopCancelled()} must be called next
     */
    boolean decideCancelled(Cancelled cancelled) {
        int count = sizeInOrder();
        TaskImpl<?>[] all = (TaskImpl<?>[]) TASKS.getAcquire(this);
        Cancellation.decide(all, passOver(all, count), count, cancelled);
        return !allEnded();
    }

    /** Stops the cancelled tasks that no thread has stopped yet. */
    void stopCancelled() {
        int count = size;
        TaskImpl<?>[] all = (TaskImpl<?>[]) TASKS.getAcquire(this);
        Cancellation.stop(all, passOver(all, count), count);
    }

    /** Returns the number of tasks, including all whose time of spawning is before this call. */
    private int sizeInOrder() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether no task waits or runs. */
    boolean allEnded() {
        return newestAlive() == null;
    }

    @Override
    public String toString() {
        List<TaskImpl<?>> all = snapshot();
        long undecided = all.stream().filter(task -> !task.done()).count();
        return all.size() + " tasks, " + undecided + " unfinished";
    }
}
