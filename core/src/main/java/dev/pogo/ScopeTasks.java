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
import java.util.function.BooleanSupplier;

/**
 * The tasks of a scope: which it has spawned and whether it takes more; how many of them have no
 * outcome or still run, and which failed first. Adding one and refusing all further ones exclude
 * each other, so that whoever refuses knows every task there will ever be. Likewise its channels.
 *
 * <p>Threads wait for it until all tasks are decided, have ended, or one has failed.
 */
final class ScopeTasks extends Awaitable {
    private static final VarHandle COUNTS;
    private static final VarHandle FIRST_FAILURE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            COUNTS = lookup.findVarHandle(ScopeTasks.class, "counts", long.class);
            FIRST_FAILURE = lookup.findVarHandle(ScopeTasks.class, "firstFailure", Task.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** One task without an outcome, in {@link #counts}. */
    private static final long UNDECIDED = 1L << 32;

    /** One task that has not ended, in {@link #counts}. */
    private static final long ALIVE = 1;

    /** How often a close that has no memory looks whether all have ended. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final AtomicLong LAST_ID = new AtomicLong();
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

    private int size;

    /**
     * How many tasks, from the first on, have been seen with their outcomes. Only grows, with the
     * lock held; read without it.
     */
    private volatile int decidedFirst;

    /** Likewise those that have been seen to be {@linkplain Task#isOver over}. */
    private volatile int overFirst;

    /** One for each pool that the scope has spawned into. */
    private @Nullable Lane lanes;

    /** All of them, where they are more than {@link #FEW_LANES}; else null. */
    private @Nullable IdentityHashMap<Pool, Lane> lanesByPool;

    /** Places in {@link #tasks} of those that were given out by their ids; null while none was. */
    private @Nullable BitSet claimed;

    /** To be closed with the scope, in the order of their making; null while there are none. */
    private @Nullable List<Channel<?>> channels;

    /** Why no more tasks are taken; null while they are. */
    private @Nullable CancelReason refusing;

    /**
     * How many tasks have no outcome yet (high half), and how many have not ended: wait, run, or
     * are cancelled and still run (low half). One number, since most tasks leave both at once. A
     * task is counted before it can be found, and leaves each half exactly once.
     */
    private volatile long counts;

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
            if (size == 0) {
                scope.beforeFirstUse();
            }
            if (size == tasks.length) {
                tasks = Arrays.copyOf(tasks, Math.max(4, 2 * size));
            }
            long id = LAST_ID.incrementAndGet();
            Task<T> task = new Task<>(id, lane(pool), name, work, System.nanoTime());
            COUNTS.getAndAdd(this, UNDECIDED + ALIVE);
            tasks[size++] = task;
            return task;
        } finally {
            lock.unlock();
        }
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
            if (channels == null) {
                channels = new ArrayList<>(1);
            }
            channels.add(channel);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Wakes all who wait for one of the scope's channels. If one cannot be closed the others are,
     * and this throws.
     */
    void closeChannels() {
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
            return channels == null || number >= channels.size() ? null : channels.get(number);
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

    /** Looks without the lock, which is not to be held for so long. */
    private int countDecided(List<Task<?>> snapshot) {
        int count = countDecided(snapshot, Math.min(decidedFirst, snapshot.size()));
        if (count > decidedFirst) {
            lock.lock();
            try {
                decidedFirst = Math.max(decidedFirst, count);
            } finally {
                lock.unlock();
            }
        }
        return count;
    }

    /** From where on a cancel has to look; without the lock as well. */
    private int passOver(Task<?>[] all, int count) {
        int over = Math.min(overFirst, count);
        while (over < count && all[over].isOver()) {
            over++;
        }
        if (over > overFirst) {
            lock.lock();
            try {
                overFirst = Math.max(overFirst, over);
            } finally {
                lock.unlock();
            }
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
        return awaitUntil(() -> undecided() == 0, deadline, conclusion);
    }

    /** Waits for that, or until one has {@link #firstFailure() failed}, and then concludes. */
    void awaitAllDecidedOrOneFailed(long deadline, Conclusion conclusion)
            throws InterruptedException {
        awaitUntil(() -> firstFailure != null || undecided() == 0, deadline, conclusion);
    }

    /** The first task whose outcome {@link PogoScope#awaitAll()} throws, or null. */
    @Nullable Task<?> firstFailure() {
        return firstFailure;
    }

    /**
     * Waits until every task has ended, once they are cancelled. Unless there is a grace, that is
     * unbounded by contract: nothing outlives its scope.
     *
     * @param cancelled what has been done to them; tried again now and then, should it have failed
     * @param grace how long to wait at most since the close began, or null
     * @return false if the grace is over and tasks still run
     */
    boolean awaitAllEnded(Cancelled cancelled, @Nullable Duration grace, long began) {
        boolean interrupted = false;
        long nextReport = began + Stragglers.REPORT_NANOS;
        long leaveAt = began + (grace == null ? Timeout.FOREVER : Timeout.nanos(grace, "grace"));
        while (alive() > 0) {
            long until = nextReport - leaveAt < 0 ? nextReport : leaveAt;
            try {
                if (waitUntilEnded(until)) {
                    break;
                }
                boolean leaving = grace != null && until == leaveAt;
                Stragglers.report(this, System.nanoTime() - began, leaving);
                if (leaving) {
                    break;
                }
                cancelAll(cancelled);
                nextReport += Stragglers.REPORT_NANOS;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive() == 0;
    }

    /** Without memory for being woken it looks now and then. */
    private boolean waitUntilEnded(long until) throws InterruptedException {
        try {
            return waitUntil(new AllEnded(), until);
        } catch (OutOfMemoryError e) {
            while (alive() > 0 && until - System.nanoTime() > 0) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
            return alive() == 0;
        }
    }

    /**
     * Cancels those that have no outcome, when no more can come or later ones do not matter; and
     * stops those that somebody has cancelled and not stopped.
     */
    void cancelAll(Cancelled cancelled) {
        if (alive() > 0) {
            int count = size();
            Task<?>[] all = array();
            Cancellation.cancel(all, passOver(all, count), count, cancelled);
        }
    }

    /** Cancels those that have not been admitted. */
    void cancelWaiting(Cancelled cancelled) {
        int count = size();
        Task<?>[] all = array();
        Cancellation.decideWaiting(all, passOver(all, count), count, cancelled);
    }

    /**
     * Decides that those that have no outcome are cancelled. It looks at all of them and not at the
     * counts, which may miss one that is just being spawned.
     *
     * @return whether {@link #stopCancelled()} is to follow
     */
    boolean decideCancelled(Cancelled cancelled) {
        int count = size();
        Task<?>[] all = array();
        Cancellation.decide(all, passOver(all, count), count, cancelled);
        return alive() > 0;
    }

    /** Stops those that are cancelled, as far as nobody has done so. */
    void stopCancelled() {
        int count = size();
        Task<?>[] all = array();
        Cancellation.stop(all, passOver(all, count), count);
    }

    private int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    /** With at least all tasks that there were at an earlier call of {@link #size()}. */
    private Task<?>[] array() {
        lock.lock();
        try {
            return tasks;
        } finally {
            lock.unlock();
        }
    }

    /** The task has its outcome and may still run. */
    void decided(Task<?> task) {
        leave(UNDECIDED, task);
    }

    /** The task has ended; its outcome was known before. */
    void ended() {
        leave(ALIVE, null);
    }

    /** The task has its outcome and has ended. */
    void decidedAndEnded(Task<?> task) {
        leave(UNDECIDED + ALIVE, task);
    }

    /**
     * @param decided the task that has its outcome by it, or null
     */
    private void leave(long what, @Nullable Task<?> decided) {
        boolean failed =
                decided != null
                        && decided.failsScope()
                        && FIRST_FAILURE.compareAndSet(this, null, decided);
        long left = (long) COUNTS.getAndAdd(this, -what) - what;
        if (failed || left < UNDECIDED || (int) left == 0) {
            wakeAll();
        }
    }

    /** No lambda, for a close may be the first to need it where the stack is nearly used up. */
    final class AllEnded implements BooleanSupplier {
        @Override
        public boolean getAsBoolean() {
            return alive() == 0;
        }
    }

    /** Whether no task waits or runs. */
    boolean allEnded() {
        return alive() == 0;
    }

    private int undecided() {
        return (int) (counts >>> 32);
    }

    private int alive() {
        return (int) counts;
    }

    @Override
    public String toString() {
        lock.lock();
        try {
            return size + " tasks, " + undecided() + " unfinished";
        } finally {
            lock.unlock();
        }
    }
}
