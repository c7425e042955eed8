package dev.pogo;

import dev.pogo.Phase.Cancelled;
import dev.pogo.channel.Channel;
import dev.pogo.sync.BriefLock;
import dev.pogo.sync.Timeout;

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
 * The tasks of a scope: which it has spawned and whether it takes more, and which failed first.
 * Adding one and refusing all further ones exclude each other, so that whoever refuses knows every
 * task there will ever be. Likewise its channels.
 *
 * <p>Nothing here is written at the end of a task that succeeds: all the tasks' threads would write
 * it. Who waits for all tasks waits for one after the other, the newest first, since the others are
 * mostly decided by then. Only the first failure is told here, to those that {@linkplain
 * #awaitAllDecidedOrOneFailed wait for it}.
 */
final class ScopeTasks extends Awaitable {
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
            TASKS = lookup.findVarHandle(ScopeTasks.class, "tasks", Task[].class);
            DECIDED_LAST = lookup.findVarHandle(ScopeTasks.class, "decidedLast", long.class);
            ENDED_LAST = lookup.findVarHandle(ScopeTasks.class, "endedLast", long.class);
            SIZE = lookup.findVarHandle(ScopeTasks.class, "size", int.class);
            FIRST_FAILURE = lookup.findVarHandle(ScopeTasks.class, "firstFailure", Task.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How often a close that has no memory looks whether all have ended. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * The first id that no scope has taken. Scopes take them in blocks, for this is one for the
     * whole process.
     */
    private static final AtomicLong NEXT_IDS = new AtomicLong(1);

    private static final int FEWEST_IDS = 4;
    private static final int MOST_IDS = 64;
    private static final Task<?>[] NONE = {};

    /** How many lanes there are at most without a map to find them in. */
    private static final int FEW_LANES = 8;

    private final PogoScope scope;

    /**
     * Guards the fields down to {@link #refusing}. The locks of runtime and timer are taken under
     * it, for the first task or channel.
     */
    private final BriefLock lock = BriefLock.outer();

    /**
     * In the order of spawning, which is the order of the ids as well. A place below {@link #size}
     * never changes.
     */
    private Task<?>[] tasks = NONE;

    /** Written after the task's place, so that who reads this first sees all of them. */
    private volatile int size;

    /** The id of the next task, as long as it is less than {@link #idsEnd}. */
    private long nextId;

    private long idsEnd;

    /**
     * How many tasks, from the first on, have been seen with their outcomes. Written by release and
     * read by acquire, so that what has been seen of them is seen again; the last write wins, since
     * a smaller number is as true.
     */
    @SuppressWarnings("UnusedVariable") // by its handle only
    private int decidedFirst;

    /** Likewise those that have been seen to be {@linkplain Task#isOver over}. */
    @SuppressWarnings("UnusedVariable") // by its handle only
    private int overFirst;

    /** Likewise those with outcomes after which {@link PogoScope#awaitAll()} succeeds. */
    @SuppressWarnings("UnusedVariable") // by its handle only
    private int fineFirst;

    /**
     * A range of tasks that have been seen with their outcomes, from the last one downwards: its
     * beginning (low half), and how many tasks there were (high half). Written and read likewise.
     */
    @SuppressWarnings("UnusedVariable") // by its handle only
    private long decidedLast;

    /** Likewise of tasks that have been seen to have ended. */
    @SuppressWarnings("UnusedVariable") // by its handle only
    private long endedLast;

    /** One for each pool that the scope has spawned into. */
    private @Nullable Lane lanes;

    /** All of them, where they are more than {@link #FEW_LANES}; else null. */
    private @Nullable IdentityHashMap<Pool, Lane> lanesByPool;

    /** Places in {@link #tasks} of those that were given out by their ids; null while none was. */
    private @Nullable BitSet claimed;

    /**
     * To be closed with the scope, in the order of their making; null while there are none, which
     * may be seen without the lock.
     */
    private volatile @Nullable List<Channel<?>> channels;

    /** Why no more tasks are taken; null while they are. */
    private @Nullable CancelReason refusing;

    /** The first task whose outcome {@link PogoScope#awaitAll()} throws; set once. */
    private volatile @Nullable Task<?> firstFailure;

    ScopeTasks(PogoScope scope) {
        this.scope = scope;
    }

    /**
     * Makes a task and adds it.
     *
     * @throws IllegalStateException if no more tasks are taken
     */
    <T extends @Nullable Object> Task<T> add(
            Pool pool, @Nullable String name, Callable<? extends T> work) {
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
            Task<T> task = new Task<>(nextId(place), lane(pool), name, work, System.nanoTime());
            tasks[place] = task;
            SIZE.setRelease(this, place + 1);
            return task;
        } finally {
            lock.unlock();
        }
    }

    /** For the task at the place; later tasks have higher ids. */
    private long nextId(int place) {
        if (nextId == idsEnd) {
            int block = Math.clamp(place, FEWEST_IDS, MOST_IDS);
            nextId = NEXT_IDS.getAndAdd(block);
            idsEnd = nextId + block;
        }
        return nextId++;
    }

    /**
     * Adds a channel, for {@link #closeChannels()}.
     *
     * @throws IllegalStateException if no more tasks are taken
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
     * Wakes all who wait for one of the scope's channels. If one cannot be closed the others are,
     * and this throws.
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

    /** The channel of that number, or null after the last one. */
    private @Nullable Channel<?> channel(int number) {
        lock.lock();
        try {
            List<Channel<?>> all = channels;
            return all == null || number >= all.size() ? null : all.get(number);
        } finally {
            lock.unlock();
        }
    }

    /** Where the scope's tasks wait for the pool; with the lock held. */
    private Lane lane(Pool pool) {
        IdentityHashMap<Pool, Lane> byPool = lanesByPool;
        Lane lane = byPool == null ? lanes : byPool.get(pool);
        int others = 0;
        while (lane != null && lane.pool != pool) {
            lane = lane.next;
            others++;
        }
        if (lane == null) {
            lane = new Lane(scope, pool, lanes);
            if (byPool != null) {
                byPool.put(pool, lane);
            } else if (others == FEW_LANES) {
                lanesByPool = byPool(lane);
            }
            // Last, since all before may fail for want of memory.
            lanes = lane;
        }
        return lane;
    }

    private static IdentityHashMap<Pool, Lane> byPool(Lane first) {
        IdentityHashMap<Pool, Lane> byPool = new IdentityHashMap<>();
        for (Lane lane = first; lane != null; lane = lane.next) {
            byPool.put(lane.pool, lane);
        }
        return byPool;
    }

    @Override
    Lane laneIn(Pool pool) {
        lock.lock();
        try {
            return lane(pool);
        } finally {
            lock.unlock();
        }
    }

    @Override
    @Nullable Place nextWaiting(Lane lane, WaitingTasks waiting) {
        return lane.first;
    }

    @Override
    boolean mayGrow() {
        return true;
    }

    @Override
    List<Task<?>> awaited() {
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
     * Takes no more tasks and channels; the first reason is kept.
     *
     * @return whether this is the first
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
     * Gives out the task of an id, once.
     *
     * @throws UnknownTaskException if there is none, or it was given out
     */
    Task<?> claim(long id) {
        lock.lock();
        try {
            int place = find(id);
            if (place < 0) {
                throw new UnknownTaskException(id, "this scope has not spawned it");
            }
            if (claimed == null) {
                claimed = new BitSet();
            }
            if (claimed.get(place)) {
                throw new UnknownTaskException(id, "it has been awaited by its id already");
            }
            claimed.set(place);
            return tasks[place];
        } finally {
            lock.unlock();
        }
    }

    /** Makes the task one that {@link #claim} gives out again. */
    void unclaim(Task<?> task) {
        lock.lock();
        try {
            if (claimed != null) {
                claimed.clear(find(task.id()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The place of the task with the id, or a negative number. */
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

    /** All tasks so far; unmodifiable. */
    List<Task<?>> snapshot() {
        lock.lock();
        try {
            // Later tasks go to later places, or to another array.
            return Collections.unmodifiableList(Arrays.asList(tasks).subList(0, size));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The part of a snapshot before the first task without an outcome; unmodifiable. All calls
     * together look at each decided task about once, so that one who often asks does not pay each
     * time for all that was before.
     */
    List<Task<?>> decidedOf(List<Task<?>> snapshot) {
        return snapshot.subList(0, countDecided(snapshot));
    }

    /** The part of a snapshot from there on. */
    List<Task<?>> undecidedOf(List<Task<?>> snapshot) {
        return snapshot.subList(countDecided(snapshot), snapshot.size());
    }

    private int countDecided(List<Task<?>> snapshot) {
        int count =
                countDecided(
                        snapshot, Math.min((int) DECIDED_FIRST.getAcquire(this), snapshot.size()));
        if (count > (int) DECIDED_FIRST.getAcquire(this)) {
            DECIDED_FIRST.setRelease(this, count);
        }
        return count;
    }

    /** From where on a cancel has to look. */
    private int passOver(Task<?>[] all, int count) {
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
     * How many of the tasks, from the first on, have their outcomes.
     *
     * @param known how many are known to have
     */
    static int countDecided(List<? extends Task<?>> tasks, int known) {
        int count = known;
        while (count < tasks.size() && tasks.get(count).done()) {
            count++;
        }
        return count;
    }

    /** Waits until every task has its outcome, and then concludes. */
    boolean awaitAllDecided(long deadline, Conclusion conclusion) throws InterruptedException {
        return awaitUntil(() -> newestUndecided() == null, deadline, conclusion);
    }

    /** Waits for that, or until one has {@link #firstFailure() failed}, and then concludes. */
    void awaitAllDecidedOrOneFailed(long deadline, Conclusion conclusion)
            throws InterruptedException {
        awaitUntil(() -> firstFailure != null || newestUndecided() == null, deadline, conclusion);
    }

    /**
     * The last of the tasks that has no outcome, or null if all have. All calls together look at
     * each decided task about once, as long as none is added.
     */
    private @Nullable Task<?> newestUndecided() {
        int count = size;
        Task<?>[] all = (Task<?>[]) TASKS.getAcquire(this);
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
    Task<?> anyTask() {
        Task<?> undecided = newestUndecided();
        return undecided != null ? undecided : ((Task<?>[]) TASKS.getAcquire(this))[0];
    }

    @Override
    boolean waitsInTasks() {
        return true;
    }

    @Override
    boolean isReachedAt(long deadline) {
        return scope.endsAt(deadline);
    }

    /** The task has its outcome, after which {@link PogoScope#awaitAll()} must not succeed. */
    void failed(Task<?> task) {
        if (FIRST_FAILURE.compareAndSet(this, null, task)) {
            wakeAll();
        }
    }

    /**
     * The first task whose outcome {@link PogoScope#awaitAll()} throws, or null. Once all tasks are
     * decided this knows it also if the one who has decided it has not told so yet.
     */
    @Nullable Task<?> firstFailure() {
        Task<?> first = firstFailure;
        if (first != null) {
            return first;
        }
        int count = size;
        Task<?>[] all = (Task<?>[]) TASKS.getAcquire(this);
        int fine = Math.min((int) FINE_FIRST.getAcquire(this), count);
        while (fine < count && all[fine].done() && !all[fine].failsScope()) {
            fine++;
        }
        FINE_FIRST.setRelease(this, fine);
        for (int i = fine; i < count; i++) {
            Task<?> task = all[i];
            if (task.failsScope() && (first == null || task.decidedAt() - first.decidedAt() < 0)) {
                first = task;
            }
        }
        return first;
    }

    /**
     * Waits until every task has ended, once they are cancelled. Unless there is a grace, that is
     * unbounded by contract: nothing outlives its scope.
     *
     * @param reason why they were cancelled; tried again now and then, should it have failed
     * @param grace how long to wait at most since the close began, or null
     * @return false if the grace is over and tasks still run
     */
    boolean awaitAllEnded(CancelReason reason, @Nullable Duration grace, long began) {
        boolean interrupted = false;
        long nextReport = began + Stragglers.REPORT_NANOS;
        long leaveAt = began + (grace == null ? Timeout.FOREVER : Timeout.nanos(grace, "grace"));
        Task<?> alive;
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

    /** Without memory for being woken it looks now and then. */
    private static boolean waitUntilEnded(Task<?> task, long until) throws InterruptedException {
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
     * The last of the tasks that has not ended, or null if all have. All calls together look at
     * each task about once, as long as none is added.
     */
    private @Nullable Task<?> newestAlive() {
        int count = size;
        Task<?>[] all = (Task<?>[]) TASKS.getAcquire(this);
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
     * Cancels those that have no outcome, when no more can come or later ones do not matter; and
     * stops those that somebody has cancelled and not stopped.
     */
    void cancelAll(CancelReason reason) {
        int count = size;
        if (passOver((Task<?>[]) TASKS.getAcquire(this), count) < count) {
            cancelAll(Cancelled.now(reason));
        }
    }

    /** Likewise, with what the caller knows them by then. */
    void cancelAll(Cancelled cancelled) {
        int count = size;
        Task<?>[] all = (Task<?>[]) TASKS.getAcquire(this);
        Cancellation.cancel(all, passOver(all, count), count, cancelled);
    }

    /** Cancels those that have not been admitted. */
    void cancelWaiting(Cancelled cancelled) {
        int count = size;
        Task<?>[] all = (Task<?>[]) TASKS.getAcquire(this);
        Cancellation.decideWaiting(all, passOver(all, count), count, cancelled);
    }

    /**
     * Decides that those that have no outcome are cancelled, all that were spawned before this
     * call.
     *
     * @return whether {@link #stopCancelled()} is to follow
     */
    boolean decideCancelled(Cancelled cancelled) {
        int count = sizeInOrder();
        Task<?>[] all = (Task<?>[]) TASKS.getAcquire(this);
        Cancellation.decide(all, passOver(all, count), count, cancelled);
        return !allEnded();
    }

    /** Stops those that are cancelled, as far as nobody has done so. */
    void stopCancelled() {
        int count = size;
        Task<?>[] all = (Task<?>[]) TASKS.getAcquire(this);
        Cancellation.stop(all, passOver(all, count), count);
    }

    /** With all tasks whose time of spawn is before this call. */
    private int sizeInOrder() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no task waits or runs. */
    boolean allEnded() {
        return newestAlive() == null;
    }

    @Override
    public String toString() {
        List<Task<?>> all = snapshot();
        long undecided = all.stream().filter(task -> !task.done()).count();
        return all.size() + " tasks, " + undecided + " unfinished";
    }
}
