package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.Mapper;
import dev.pogo.TaskException;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.util.Nanos;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One call of {@link dev.pogo.PogoScope#map}. The calling thread spawns the tasks of the items, as
 * many as the pool has permits, waits until any of them has ended, and spawns the next. So the
 * tasks of other scopes take their turn between any two items, and what is kept of an item that is
 * done is its result.
 *
 * <p>Confined to the calling thread, except for the stack of the items that have ended, and for
 * what threads read that look for tasks which wait for each other.
 */
final class Mapping<A extends @Nullable Object, R extends @Nullable Object> extends WaitList {
    /** The label of the tasks. */
    static final Object ITEM = new Object();

    /** An item whose task is under way, and the waiter that reports the task's outcome. */
    private final class Item extends Waiter implements Consumer<TaskImpl<?>> {
        final int index;
        final TaskImpl<R> task;

        /** Position of the task in the list of the scope's tasks. */
        final int place;

        /** The item below in the stack {@link Mapping#ended}. Written before it is published. */
        private @Nullable Item below;

        Item(int index, TaskImpl<R> task, int place) {
            this.index = index;
            this.task = task;
            this.place = place;
        }

        @Override
        void wake() {
            do {
                below = ended.get();
            } while (!ended.compareAndSet(below, this));
            wakeAll();
        }

        /** Lets the scope drop the task, which has succeeded, if nothing of it runs any more. */
        @Override
        public void accept(TaskImpl<?> same) {
            if (same.hasEnded()) {
                scope.tasks().dismiss(same, place);
            }
        }
    }

    private final PogoScopeImpl scope;
    private final PoolImpl pool;
    private final Iterator<? extends A> items;
    private final Mapper<? super A, ? extends R> fn;

    /** Whether the calling thread lends its permit to the tasks. */
    private final boolean lends;

    /** The items whose outcomes this has not seen yet, by their indexes. */
    private final ConcurrentSkipListMap<Integer, Item> underWay = new ConcurrentSkipListMap<>();

    /** Stack of the items that have ended and are not taken out of {@link #underWay}. */
    private final AtomicReference<@Nullable Item> ended = new AtomicReference<>();

    /**
     * The tasks that may wait for a permit, if the calling thread lends its own. Used by that
     * thread between awaits, and with the pool's lock held during one.
     */
    private final Queue<TaskImpl<?>> waiting = new ArrayDeque<>();

    private final List<R> results = new ArrayList<>();

    /** The reason for cancelling the tasks that are under way when this ends. */
    private CancelReason ofOthers = CancelReason.CANCEL_CALLED;

    Mapping(
            PogoScopeImpl scope,
            PoolImpl pool,
            Iterator<? extends A> items,
            Mapper<? super A, ? extends R> fn) {
        this.scope = scope;
        this.pool = pool;
        this.items = items;
        this.fn = fn;
        Execution caller = Execution.current();
        this.lends = caller != null && caller.queue.pool == pool;
        scope.tasks().beginMap();
    }

    /** Maps the items and returns the results. */
    List<R> run() throws InterruptedException {
        try {
            while (true) {
                while (underWay.size() < pool.size() && items.hasNext()) {
                    spawn(items.next());
                }
                if (underWay.isEmpty()) {
                    return Collections.unmodifiableList(results);
                }
                awaitAny();
                takeEnded();
            }
        } catch (Throwable e) {
            List<TaskImpl<?>> others = underWayTasks();
            Cancellation.cancel(others, Cancelled.now(ofOthers));
            if (e instanceof TaskException failure) {
                TaskFailures.suppress(failure, others);
            }
            throw e;
        }
    }

    @SuppressWarnings("NullAway") // the result is set once the task has succeeded
    private void spawn(A item) {
        TaskImpl<R> task = scope.spawn(pool, () -> fn.apply(item), ITEM);
        Item added;
        try {
            added = new Item(results.size(), task, scope.tasks().placeOf(task));
            results.add(null);
            underWay.put(added.index, added);
        } catch (Throwable e) { // no memory
            task.cancel();
            throw e;
        }
        if (lends && task.isWaiting()) {
            waiting.add(task);
        }
        task.enlist(added);
        if (task.done()) {
            added.tell();
        }
    }

    private void awaitAny() throws InterruptedException {
        StackProbe.ensureRoom();
        Item oldest = underWay.firstEntry().getValue();
        boolean timed = scope.hasDeadline();
        long until =
                timed
                        ? scope.deadline()
                        : oldest.task.spawnedAt() + Nanos.of(scope.runtime().awaitTimeout());
        awaitUntil(
                () -> ended.get() != null,
                until,
                reached -> {
                    if (!reached) {
                        oldest.task.cancelAs(
                                Cancelled.now(
                                        scope.reasonAt(until), scope.runtime().awaitTimeout()));
                        oldest.tell(); // the thread that has ended it may come later
                    }
                });
    }

    /** Takes the results of the items that have ended, or throws the first failure. */
    private void takeEnded() {
        TaskImpl<?> failed = null;
        for (Item item = ended.getAndSet(null); item != null; item = item.below) {
            TaskImpl<R> task = item.task;
            if (task.hasValue()) {
                underWay.remove(item.index);
                results.set(item.index, task.result());
                task.enlist(new AtEnd(task, item));
            } else if (failed == null || task.decidedAt() - failed.decidedAt() <= 0) {
                failed = task; // the stack has those that ended later first
            }
        }
        if (failed != null) {
            if (failed.failsScope()) {
                scope.tasks().failed(failed); // its own thread may come later
                ofOthers = CancelReason.SIBLING_FAILED;
            }
            throw failed.exception();
        }
    }

    private List<TaskImpl<?>> underWayTasks() {
        List<TaskImpl<?>> tasks = new ArrayList<>();
        for (Item item : underWay.values()) {
            tasks.add(item.task);
        }
        return tasks;
    }

    @Override
    @Nullable ScopeQueue queueIn(PoolImpl in) {
        TaskImpl<?> first;
        while ((first = waiting.peek()) != null && !first.isWaiting()) {
            waiting.remove();
        }
        return first == null || in != pool ? null : first.queue;
    }

    @Override
    @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks inLine) {
        TaskImpl<?> task;
        while ((task = waiting.peek()) != null) {
            QueueNode node = task.node();
            if (node != null && inLine.contains(node)) {
                return node;
            }
            waiting.remove();
        }
        return null;
    }

    @Override
    boolean mayGrow() {
        return false;
    }

    @Override
    List<TaskImpl<?>> awaited() {
        return underWayTasks();
    }

    @Override
    TaskImpl<?> anyTask() {
        Map.Entry<Integer, Item> oldest = underWay.firstEntry();
        if (oldest == null) {
            throw new AssertionError("a wait for no task");
        }
        return oldest.getValue().task;
    }

    @Override
    boolean isReachedAt(long deadline) {
        return scope.endsAt(deadline);
    }

    @Override
    public String toString() {
        return underWay.size() + " items under way";
    }
}
