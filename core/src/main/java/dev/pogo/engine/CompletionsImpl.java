package dev.pogo.engine;

import dev.pogo.Completions;
import dev.pogo.Task;
import dev.pogo.channel.Source;
import dev.pogo.engine.TaskGroupWait.SelectedTasks;
import dev.pogo.util.Nanos;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** The engine's {@link Completions}. */
final class CompletionsImpl<T extends @Nullable Object> extends WaitList implements Completions<T> {
    /** Waiter that is enlisted in a task until the task has its outcome. */
    private static final class Teller<T extends @Nullable Object> extends Waiter {
        private final TaskImpl<T> task;

        /** Weak, so that a task does not retain an object from which no thread takes any more. */
        private final WeakReference<CompletionsImpl<T>> told;

        Teller(TaskImpl<T> task, WeakReference<CompletionsImpl<T>> told) {
            this.task = task;
            this.told = told;
        }

        @Override
        void wake() {
            CompletionsImpl<T> completions = told.get();
            if (completions != null) {
                completions.add(task);
            }
        }

        /**
         * Also true once there is nothing to tell, so that the task's other waiters sweep this out.
         */
        @Override
        boolean isOver() {
            return super.isOver() || told.refersTo(null);
        }
    }

    /** Those tasks that waited in one pool when a task of that pool first waited here. */
    private static final class WaitingIn {
        final PoolImpl pool;

        /** The scope's queue; null if no task waited. */
        final @Nullable ScopeQueue queue;

        /**
         * Guarded by the pool's lock. Tasks at its head that no longer wait are removed for good.
         */
        final Queue<TaskImpl<?>> tasks = new ArrayDeque<>();

        final @Nullable WaitingIn next;

        WaitingIn(PoolImpl pool, List<? extends TaskImpl<?>> all, @Nullable WaitingIn next) {
            this.pool = pool;
            this.next = next;
            for (TaskImpl<?> task : all) {
                if (task.owningPool() == pool && task.isWaiting()) {
                    tasks.add(task);
                }
            }
            this.queue = tasks.isEmpty() ? null : tasks.element().queue();
        }
    }

    /** The tasks in the order of their ids, each once. */
    private final List<TaskImpl<T>> tasks;

    /**
     * The tasks in the order in which they ended. An element is written once, by the thread that
     * has counted it.
     */
    private final AtomicReferenceArray<@Nullable TaskImpl<T>> ended;

    /** Number of elements of {@link #ended} that are counted. */
    private final AtomicInteger counted = new AtomicInteger();

    /**
     * Number of those that were given; incremented with compare-and-set by the thread that gets the
     * task.
     */
    private final AtomicInteger given = new AtomicInteger();

    /** Number of {@link #tasks}, from the first on, that have been seen with their outcomes. */
    private volatile int decidedFirst;

    /** One entry for each pool whose tasks have waited here. */
    private final AtomicReference<@Nullable WaitingIn> waiting = new AtomicReference<>();

    private CompletionsImpl(List<TaskImpl<T>> tasks) {
        this.tasks = tasks;
        this.ended = new AtomicReferenceArray<>(tasks.size());
    }

    /**
     * Returns the completions of the tasks.
     *
     * @param tasks in any order; owned by the returned object from then on
     */
    static <T extends @Nullable Object> CompletionsImpl<T> of(List<TaskImpl<T>> tasks) {
        tasks.sort(Comparator.comparingLong(TaskImpl::id));
        int size = 0;
        for (TaskImpl<T> task : tasks) {
            if (size == 0 || tasks.get(size - 1) != task) {
                tasks.set(size++, task);
            }
        }
        CompletionsImpl<T> made = new CompletionsImpl<>(tasks.subList(0, size));
        made.addAll();
        return made;
    }

    private void addAll() {
        WeakReference<CompletionsImpl<T>> self = new WeakReference<>(this);
        List<TaskImpl<T>> early = new ArrayList<>();
        List<Teller<T>> tellers = new ArrayList<>();
        for (TaskImpl<T> task : tasks) {
            if (task.done()) {
                early.add(task);
            } else {
                tellers.add(new Teller<>(task, self));
            }
        }
        early.sort((one, other) -> Long.signum(one.decidedAt() - other.decidedAt()));
        early.forEach(this::add);
        for (Teller<T> teller : tellers) {
            teller.task.enlist(teller);
            if (teller.task.done()) {
                teller.tell();
            }
        }
    }

    /** Records that the task has its outcome. Allocates nothing. */
    private void add(TaskImpl<T> task) {
        ended.set(counted.getAndIncrement(), task);
        wakeAll();
    }

    @Override
    public Optional<Task<T>> next(Duration timeout) throws InterruptedException {
        long nanos = Nanos.of(timeout, "timeout");
        StackProbe.ensureRoom();
        ensureNotCalledByOneOfThem("await");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        TaskImpl<T> next = poll();
        if (next == null && nanos > 0) {
            long deadline = System.nanoTime() + nanos;
            boolean inTime = true;
            while (next == null && remaining() > 0 && inTime) {
                inTime = awaitUntil(this::isReady, deadline, reached -> {});
                next = poll();
            }
        }
        return Optional.ofNullable(next);
    }

    @Override
    public int remaining() {
        return tasks.size() - given.get();
    }

    /**
     * Returns the next task, which then belongs to the caller; null if there is none at present.
     */
    @Nullable TaskImpl<T> poll() {
        int place;
        while ((place = given.get()) < tasks.size()) {
            TaskImpl<T> next = ended.get(place);
            if (next == null) {
                return null;
            }
            if (given.compareAndSet(place, place + 1)) {
                if (!next.hasValue()) {
                    next.markSeen();
                }
                return next;
            }
        }
        return null;
    }

    /**
     * Returns whether {@link #poll()} may succeed or waiting would be useless. This remains true
     * once all have ended: a thread that is woken by the last one does not wait again, whichever
     * thread gets that task.
     */
    boolean isReady() {
        int place = given.get();
        return place == tasks.size() || ended.get(place) != null;
    }

    void ensureNotCalledByOneOfThem(String verb) {
        Execution caller = Execution.current();
        if (caller != null && contains(caller.task())) {
            caller.task().ensureNotCalledByItself(verb);
        }
    }

    private boolean contains(TaskImpl<?> task) {
        if (tasks.isEmpty() || tasks.get(0).scope() != task.scope()) {
            return false;
        }
        int low = 0;
        int high = tasks.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tasks.get(middle).id() < task.id()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return tasks.get(low) == task;
    }

    /** For {@link dev.pogo.channel.Select}, to which this can be passed. */
    @Override
    public Source<Task<T>> source() {
        return new Next<>(this);
    }

    @Override
    @Nullable ScopeQueue queueIn(PoolImpl pool) {
        while (true) {
            WaitingIn known = waiting.get();
            WaitingIn found = waitingIn(known, pool);
            if (found != null) {
                return found.queue;
            }
            waiting.compareAndSet(known, new WaitingIn(pool, tasks, known));
        }
    }

    private static @Nullable WaitingIn waitingIn(@Nullable WaitingIn known, PoolImpl pool) {
        WaitingIn found = known;
        while (found != null && found.pool != pool) {
            found = found.next;
        }
        return found;
    }

    @Override
    @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks inLine) {
        WaitingIn here = waitingIn(waiting.get(), queue.pool);
        TaskImpl<?> task;
        while (here != null && (task = here.tasks.peek()) != null) {
            QueueNode node = task.node();
            if (node != null && inLine.contains(node)) {
                return node;
            }
            here.tasks.remove();
        }
        return null;
    }

    @Override
    boolean mayGrow() {
        return false;
    }

    @Override
    TaskImpl<?> anyTask() {
        return tasks.getFirst();
    }

    @Override
    boolean isReachedAt(long deadline) {
        return false;
    }

    /** Returns the tasks from the first one without an outcome on. */
    @Override
    List<TaskImpl<T>> awaited() {
        int decided = ScopeTasks.countDecided(tasks, decidedFirst);
        decidedFirst = decided;
        return tasks.subList(decided, tasks.size());
    }

    @Override
    public String toString() {
        return "Completions[" + remaining() + " of " + tasks.size() + " tasks remaining]";
    }

    /** Select case for the next of several tasks to end. */
    static final class Next<T extends @Nullable Object> extends Source<Task<T>> {
        /** Returned by {@link #take} when no tasks remain. */
        private static final Object NONE_LEFT = new Object();

        final CompletionsImpl<T> completions;

        Next(CompletionsImpl<T> completions) {
            this.completions = completions;
        }

        @Override
        protected @Nullable Object take() {
            TaskImpl<T> next = completions.poll();
            return next == null && completions.remaining() == 0 ? NONE_LEFT : next;
        }

        @Override
        @SuppressWarnings("unchecked") // it is what take() returned
        protected Task<T> value(Object taken) {
            if (taken == NONE_LEFT) {
                throw new NoSuchElementException("no tasks remain");
            }
            return (Task<T>) taken;
        }

        @Override
        protected void ensureMayWait() {
            completions.ensureNotCalledByOneOfThem("select");
        }

        @Override
        protected void awaitAny(
                List<? extends Source<?>> all,
                IntConsumer ready,
                BooleanSupplier over,
                long deadline)
                throws InterruptedException {
            SelectedTasks.of(all).await(ready, over, deadline);
        }
    }
}
