package dev.pogo.engine;

import dev.pogo.util.SpinLock;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The append-only list of the tasks of a scope. It remembers up to which positions tasks have been
 * seen to be decided or to have ended.
 *
 * <p>A task that succeeds writes nothing here when it ends, since the threads of all tasks would
 * write to it. A thread that waits for all tasks waits for one after the other, newest first, since
 * the others are mostly decided by then. Only the first failure is signalled here, to the threads
 * that {@linkplain TaskFailures#awaitAllDecidedOrOneFailed wait for it}.
 */
abstract sealed class TaskList extends WaitList permits TaskFailures {
    private static final VarHandle SIZE;
    private static final VarHandle DECIDED_FIRST;
    private static final VarHandle OVER_FIRST;
    private static final VarHandle TASKS;
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(TaskImpl[].class);
    private static final VarHandle DECIDED_LAST;
    private static final VarHandle ENDED_LAST;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            DECIDED_FIRST = lookup.findVarHandle(TaskList.class, "decidedFirst", int.class);
            OVER_FIRST = lookup.findVarHandle(TaskList.class, "overFirst", int.class);
            TASKS = lookup.findVarHandle(TaskList.class, "tasks", TaskImpl[].class);
            DECIDED_LAST = lookup.findVarHandle(TaskList.class, "decidedLast", long.class);
            ENDED_LAST = lookup.findVarHandle(TaskList.class, "endedLast", long.class);
            SIZE = lookup.findVarHandle(TaskList.class, "size", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The first id that no scope has taken. Shared by the whole process, so scopes take ids in
     * blocks.
     */
    private static final AtomicLong NEXT_IDS = new AtomicLong(1);

    private static final int FEWEST_IDS = 4;
    private static final int MOST_IDS = 64;
    private static final TaskImpl<?>[] NONE = {};

    /**
     * Guards the fields down to {@link #idsEnd}, and those of {@link ScopeTasks}. The locks of the
     * runtime and the timer are taken under it, for the first task or channel.
     */
    final SpinLock lock = SpinLock.outer();

    /**
     * Tasks in the order of spawning, which is also the order of their ids. An element below {@link
     * #size} never changes, except to the first of the {@link DismissedTasks}, which has ended too.
     */
    private TaskImpl<?>[] tasks = NONE;

    /**
     * Written after the task's array element, so that a thread that reads this first sees all
     * tasks.
     */
    private volatile int size;

    /** Null until it is needed. Written with the lock held; see {@link TaskFailures#isFailFast}. */
    private volatile @Nullable ScopeExtras extras;

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
     * Range of tasks, up to the last one, that have been seen with their outcomes: its first index
     * in the low half, and the number of tasks at that time in the high half. Written and read like
     * {@link #decidedFirst}.
     */
    @SuppressWarnings("UnusedVariable") // accessed only through its VarHandle
    private long decidedLast;

    /** Like {@link #decidedLast}, for tasks that have been seen to have ended. */
    @SuppressWarnings("UnusedVariable") // accessed only through its VarHandle
    private long endedLast;

    final @Nullable ScopeExtras extras() {
        return extras;
    }

    /** Returns the extras, created if there are none. Must be called with the lock held. */
    final ScopeExtras makeExtras() {
        ScopeExtras any = extras;
        if (any == null) {
            any = new ScopeExtras();
            extras = any;
        }
        return any;
    }

    /** Lets the lists that show this array stay as they are. Must be called with the lock held. */
    final void copyArray() {
        TASKS.setRelease(this, Arrays.copyOf(tasks, tasks.length));
    }

    /** Makes room for a task at the index. Must be called with the lock held. */
    final void makeRoom(int place) {
        if (place == tasks.length) {
            TASKS.setRelease(this, Arrays.copyOf(tasks, Math.max(4, 2 * place)));
        }
    }

    /**
     * Returns the id for the task at the index. Later tasks have higher ids. Must be called with
     * the lock held.
     */
    final long nextId(int place) {
        if (nextId == idsEnd) {
            int block = Math.clamp(place, FEWEST_IDS, MOST_IDS);
            nextId = NEXT_IDS.getAndAdd(block);
            idsEnd = nextId + block;
        }
        return nextId++;
    }

    /** Adds the task at the index, for which there is room. Must be called with the lock held. */
    final void append(int place, TaskImpl<?> task) {
        tasks[place] = task;
        SIZE.setRelease(this, place + 1);
    }

    /**
     * Returns the index of the task with the id, or a negative number. Must be called with the lock
     * held.
     */
    final int find(long id) {
        ScopeExtras any = extras;
        DismissedTasks gone = any == null ? null : any.dismissed;
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int place = gone == null ? middle : gone.nextKept(middle);
            long found = place > high ? Long.MAX_VALUE : tasks[place].id();
            if (found == id) {
                return place;
            }
            if (found < id) {
                low = place + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Returns the id of the first task, 0 if there is none. */
    final long firstId() {
        lock.lock();
        try {
            ScopeExtras any = extras;
            DismissedTasks gone = any == null ? null : any.dismissed;
            if (gone != null && gone.firstId() != 0) {
                return gone.firstId();
            }
            return size == 0 ? 0 : tasks[0].id();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the index of a task that was added a short time ago. */
    final int placeOf(TaskImpl<?> task) {
        lock.lock();
        try {
            int place = size - 1;
            while (tasks[place] != task) {
                place--;
            }
            return place;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drops a task that has succeeded and of which nothing runs any more.
     *
     * @param place the index of the task
     */
    final void dismiss(TaskImpl<?> task, int place) {
        lock.lock();
        try {
            ScopeExtras any = makeExtras();
            if (any.dismissed == null) {
                any.dismissed = new DismissedTasks(task);
            }
            DismissedTasks gone = any.dismissed;
            gone.add(task, place);
            ELEMENT.setRelease(tasks, place, gone.first);
        } catch (OutOfMemoryError e) {
            // The task is kept until the scope itself is garbage.
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of tasks; {@link #array()}, called afterwards, has all of them. */
    final int size() {
        return size;
    }

    /** Returns the number of tasks, including all whose time of spawning is before this call. */
    final int sizeInOrder() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    /** Returns an array of the tasks, which may be longer and must not be changed. */
    final TaskImpl<?>[] array() {
        return (TaskImpl<?>[]) TASKS.getAcquire(this);
    }

    /** Returns an unmodifiable list of all tasks so far. */
    final List<TaskImpl<?>> snapshot() {
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
    final List<TaskImpl<?>> decidedOf(List<TaskImpl<?>> snapshot) {
        return snapshot.subList(0, countDecided(snapshot));
    }

    /** Returns the part of a snapshot from the first task without an outcome on. */
    final List<TaskImpl<?>> undecidedOf(List<TaskImpl<?>> snapshot) {
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

    /** Returns the index of the first task that a cancellation has to look at. */
    final int passOver(TaskImpl<?>[] all, int count) {
        int over = Math.min((int) OVER_FIRST.getAcquire(this), count);
        while (over < count && all[over].isOver()) {
            over++;
        }
        if (over > (int) OVER_FIRST.getAcquire(this)) {
            OVER_FIRST.setRelease(this, over);
        }
        return over;
    }

    /** Waits until every task has its outcome, and then runs the conclusion. */
    final boolean awaitAllDecided(long deadline, Conclusion conclusion)
            throws InterruptedException {
        return awaitUntil(() -> newestUndecided() == null, deadline, conclusion);
    }

    /**
     * Returns the last task that has no outcome, or null if all have one. All calls together look
     * at each decided task about once, as long as no task is added.
     */
    final @Nullable TaskImpl<?> newestUndecided() {
        int count = size;
        TaskImpl<?>[] all = array();
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
    final TaskImpl<?> anyTask() {
        TaskImpl<?> undecided = newestUndecided();
        return undecided != null ? undecided : array()[0];
    }

    @Override
    final boolean waitsInTasks() {
        return true;
    }

    @Override
    final List<TaskImpl<?>> awaited() {
        return undecidedOf(snapshot());
    }

    /**
     * Returns the last task that has not ended, or null if all have. All calls together look at
     * each task about once, as long as no task is added.
     */
    final @Nullable TaskImpl<?> newestAlive() {
        int count = size;
        TaskImpl<?>[] all = array();
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

    /** Returns whether no task waits or runs. */
    final boolean allEnded() {
        return newestAlive() == null;
    }

    @Override
    public final String toString() {
        List<TaskImpl<?>> all = snapshot();
        long undecided = all.stream().filter(task -> !task.done()).count();
        return all.size() + " tasks, " + undecided + " unfinished";
    }
}
