package dev.pogo;

import dev.pogo.channel.Selectable;
import dev.pogo.channel.Source;
import dev.pogo.sync.StackProbe;
import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Tasks of one scope, in the order in which they end, whatever their outcomes; created by {@link
 * PogoScope#completions}.
 *
 * {@snippet file="dev/pogo/ExampleTest.java" region="completions"}
 *
 * <p>This only observes: unlike an await, it never cancels a task, neither when a timeout passes
 * nor when it is dropped before all tasks were given. It need not be closed.
 *
 * <p>Each task is given once. Several threads may take tasks at the same time, and then share them.
 * Taking the next task costs the same however many there are, which a {@link
 * dev.pogo.channel.Select} over all of them cannot offer. Where a message may come first, this can
 * be one case of a select, beside the channel.
 *
 * <p>A task that waits here lends its permit to those of these tasks that wait in its own pool, as
 * if it awaited them.
 *
 * @param <T> the type of the tasks' values
 */
public final class Completions<T extends @Nullable Object> extends WaitList
        implements Selectable<Task<T>> {
    /** Waiter that is enlisted in a task until the task has its outcome. */
    private static final class Teller<T extends @Nullable Object> extends Waiter {
        private final Task<T> task;

        /** Weak, so that a task does not retain an object from which no thread takes any more. */
        private final WeakReference<Completions<T>> told;

        Teller(Task<T> task, WeakReference<Completions<T>> told) {
            this.task = task;
            this.told = told;
        }

        @Override
        void wake() {
            Completions<T> completions = told.get();
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
        final Pool pool;

        /** The scope's queue; null if no task waited. */
        final @Nullable ScopeQueue queue;

        /**
         * Guarded by the pool's lock. Tasks at its head that no longer wait are removed for good.
         */
        final Queue<Task<?>> tasks = new ArrayDeque<>();

        final @Nullable WaitingIn next;

        WaitingIn(Pool pool, List<? extends Task<?>> all, @Nullable WaitingIn next) {
            this.pool = pool;
            this.next = next;
            for (Task<?> task : all) {
                if (task.owningPool() == pool && task.isWaiting()) {
                    tasks.add(task);
                }
            }
            this.queue = tasks.isEmpty() ? null : tasks.element().queue();
        }
    }

    /** The tasks in the order of their ids, each once. */
    private final List<Task<T>> tasks;

    /**
     * The tasks in the order in which they ended. An element is written once, by the thread that
     * has counted it.
     */
    private final AtomicReferenceArray<@Nullable Task<T>> ended;

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

    private Completions(List<Task<T>> tasks) {
        this.tasks = tasks;
        this.ended = new AtomicReferenceArray<>(tasks.size());
    }

    /**
     * Returns the completions of the tasks.
     *
     * @param tasks in any order; owned by the returned object from then on
     */
    static <T extends @Nullable Object> Completions<T> of(List<Task<T>> tasks) {
        tasks.sort(Comparator.comparingLong(Task::id));
        int size = 0;
        for (Task<T> task : tasks) {
            if (size == 0 || tasks.get(size - 1) != task) {
                tasks.set(size++, task);
            }
        }
        Completions<T> made = new Completions<>(tasks.subList(0, size));
        made.addAll();
        return made;
    }

    private void addAll() {
        WeakReference<Completions<T>> self = new WeakReference<>(this);
        List<Task<T>> early = new ArrayList<>();
        List<Teller<T>> tellers = new ArrayList<>();
        for (Task<T> task : tasks) {
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
    private void add(Task<T> task) {
        ended.set(counted.getAndIncrement(), task);
        wakeAll();
    }

    /**
     * Returns the task that has ended next, waiting for it up to the timeout. If the scope's
     * deadline passes meanwhile, the tasks are cancelled, so that they end and are given.
     *
     * @param timeout how long to wait; zero returns only a task that has already ended. When it has
     *     passed, nothing is cancelled and this call has had no effect. In a task that has lent its
     *     permit this may return later: it continues only once it has a permit again, see {@link
     *     dev.pogo.channel.Select}
     * @return the task, which is {@link Task#done() done}; or empty if none has ended in time or
     *     all have been given, which {@link #remaining()} tells apart
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if one of the tasks itself calls this
     * @throws InterruptedException if the calling thread is interrupted before or while it waits;
     *     no task was given by this call, and the tasks continue
     */
    public Optional<Task<T>> next(Duration timeout) throws InterruptedException {
        long nanos = Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        ensureNotCalledByOneOfThem("await");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Task<T> next = poll();
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

    /**
     * Returns the number of tasks that have not been given yet, whether they have ended or not.
     *
     * @return the number, 0 once all have been given
     */
    public int remaining() {
        return tasks.size() - given.get();
    }

    /**
     * Returns the next task, which then belongs to the caller; null if there is none at present.
     */
    @Nullable Task<T> poll() {
        int place;
        while ((place = given.get()) < tasks.size()) {
            Task<T> next = ended.get(place);
            if (next == null) {
                return null;
            }
            if (given.compareAndSet(place, place + 1)) {
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

    private boolean contains(Task<?> task) {
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
        return new CompletionsSource<>(this);
    }

    @Override
    @Nullable ScopeQueue queueIn(Pool pool) {
        while (true) {
            WaitingIn known = waiting.get();
            WaitingIn found = waitingIn(known, pool);
            if (found != null) {
                return found.queue;
            }
            waiting.compareAndSet(known, new WaitingIn(pool, tasks, known));
        }
    }

    private static @Nullable WaitingIn waitingIn(@Nullable WaitingIn known, Pool pool) {
        WaitingIn found = known;
        while (found != null && found.pool != pool) {
            found = found.next;
        }
        return found;
    }

    @Override
    @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks inLine) {
        WaitingIn here = waitingIn(waiting.get(), queue.pool);
        Task<?> task;
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
    Task<?> anyTask() {
        return tasks.getFirst();
    }

    @Override
    boolean isReachedAt(long deadline) {
        return false;
    }

    /** Returns the tasks from the first one without an outcome on. */
    @Override
    List<Task<T>> awaited() {
        int decided = ScopeTasks.countDecided(tasks, decidedFirst);
        decidedFirst = decided;
        return tasks.subList(decided, tasks.size());
    }

    @Override
    public String toString() {
        return "Completions[" + remaining() + " of " + tasks.size() + " tasks remaining]";
    }
}
