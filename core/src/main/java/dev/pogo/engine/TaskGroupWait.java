package dev.pogo.engine;

import dev.pogo.channel.Source;
import dev.pogo.engine.CompletionsImpl.Next;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * One thread's wait for some of several tasks. Each task reports once that it has an outcome, so
 * the wait costs O(1) per task however the tasks end.
 */
abstract sealed class TaskGroupWait<T extends TaskImpl<?>> extends WaitList
        permits FirstOf, TaskGroupWait.SelectedTasks {
    private final List<T> tasks;

    /**
     * The tasks that waited in the pool of the task that awaits them. Filled before the await
     * begins, then guarded by that pool's lock.
     */
    private final Queue<TaskImpl<?>> waitingAtFirst = new ArrayDeque<>();

    TaskGroupWait(List<T> tasks) {
        this.tasks = tasks;
    }

    /**
     * Waits like {@link #awaitUntil}, with a waiter in each task.
     *
     * @param waiterOf makes the waiter for the task with the given index
     */
    final boolean awaitTold(
            IntFunction<Waiter> waiterOf,
            BooleanSupplier reached,
            long deadline,
            Conclusion conclusion)
            throws InterruptedException {
        Waiter[] waiters = new Waiter[tasks.size()];
        for (int i = 0; i < waiters.length; i++) {
            waiters[i] = waiterOf.apply(i);
        }
        int enlisted = 0;
        try {
            for (; enlisted < waiters.length && !reached.getAsBoolean(); enlisted++) {
                TaskImpl<?> task = tasks.get(enlisted);
                task.enlist(waiters[enlisted]);
                if (task.done()) {
                    waiters[enlisted].tell();
                }
            }
            return awaitUntil(reached, deadline, conclusion);
        } finally {
            for (int i = 0; i < enlisted; i++) {
                waiters[i].leave();
            }
        }
    }

    /** Returns the queue of one task, as {@link #nextWaiting} knows where they all are. */
    @Override
    @Nullable ScopeQueue queueIn(PoolImpl pool) {
        waitingAtFirst.clear();
        for (TaskImpl<?> task : tasks) {
            if (task.owningPool() == pool && task.isWaiting()) {
                waitingAtFirst.add(task);
            }
        }
        return waitingAtFirst.isEmpty() ? null : waitingAtFirst.element().queue();
    }

    @Override
    @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks waiting) {
        TaskImpl<?> task;
        while ((task = waitingAtFirst.peek()) != null) {
            QueueNode node = task.node();
            if (node != null && waiting.contains(node)) {
                return node;
            }
            waitingAtFirst.remove();
        }
        return null;
    }

    @Override
    final boolean mayGrow() {
        return false;
    }

    @Override
    TaskImpl<?> anyTask() {
        return tasks.getFirst();
    }

    @Override
    List<T> awaited() {
        return tasks;
    }

    /**
     * The tasks and completions among the cases of a select, which may belong to several scopes.
     */
    static final class SelectedTasks extends TaskGroupWait<TaskImpl<?>> {
        private static final int NONE = -1;

        /** Wakes the thread for a task, whose outcome is then final. */
        private final class Told extends Waiter {
            private final int number;

            Told(int number) {
                this.number = number;
            }

            @Override
            void wake() {
                told = number;
                wakeAll();
            }
        }

        /**
         * Wakes the thread for completions, which may have a task. Once it has rung it stays so,
         * whichever thread takes the task.
         */
        private final class Bell extends Waiter {
            @Override
            void wake() {
                wakeAll();
            }
        }

        /** Completions and their index among the cases. */
        private record Several(CompletionsImpl<?> completions, int number) {}

        /** Indexes of the single tasks among the cases. */
        private final int[] numbers;

        private final List<Several> completions;

        /** Index of the task that was the last to report its outcome, or {@link #NONE}. */
        private volatile int told = NONE;

        private SelectedTasks(List<TaskImpl<?>> tasks, int[] numbers, List<Several> completions) {
            super(tasks);
            this.numbers = numbers;
            this.completions = completions;
        }

        /** Creates the wait for the sources, all of which are tasks or completions. */
        static SelectedTasks of(List<? extends Source<?>> all) {
            List<TaskImpl<?>> tasks = new ArrayList<>(all.size());
            int[] numbers = new int[all.size()];
            List<Several> completions = new ArrayList<>();
            for (int i = 0; i < numbers.length; i++) {
                Source<?> source = all.get(i);
                if (source instanceof Next<?> several) {
                    completions.add(new Several(several.completions, i));
                } else {
                    numbers[tasks.size()] = i;
                    tasks.add(((OutcomeSource<?>) source).task);
                }
            }
            return new SelectedTasks(tasks, numbers, completions);
        }

        /**
         * Waits until the select is over.
         *
         * @param ready receives, on this thread, the index of each case that may be taken
         */
        void await(IntConsumer ready, BooleanSupplier over, long deadline)
                throws InterruptedException {
            Bell[] bells = new Bell[completions.size()];
            BooleanSupplier reached = () -> told != NONE || over.getAsBoolean() || anyRang(bells);
            try {
                do {
                    putUp(bells);
                    if (!awaitTold(
                            number -> new Told(numbers[number]), reached, deadline, inTime -> {})) {
                        return;
                    }
                    if (told != NONE) {
                        ready.accept(told);
                    }
                    for (Several each : completions) {
                        if (each.completions.isReady()) {
                            ready.accept(each.number);
                        }
                    }
                    // Another thread may have taken the task that the completions had.
                } while (!over.getAsBoolean());
            } finally {
                for (Bell bell : bells) {
                    if (bell != null) {
                        bell.leave();
                    }
                }
            }
        }

        /**
         * Enlists a bell in each of the completions that has none, or only one that has rung; the
         * bell rings at once if there is something to take.
         */
        private void putUp(@Nullable Bell[] bells) {
            for (int i = 0; i < bells.length; i++) {
                Bell bell = bells[i];
                if (bell == null || bell.isOver()) {
                    bell = new Bell();
                    bells[i] = bell;
                    CompletionsImpl<?> several = completions.get(i).completions;
                    several.enlist(bell);
                    if (several.isReady()) {
                        bell.tell();
                    }
                }
            }
        }

        private static boolean anyRang(@Nullable Bell[] bells) {
            for (Bell bell : bells) {
                if (bell != null && bell.isOver()) {
                    return true;
                }
            }
            return false;
        }

        @Override
        @Nullable ScopeQueue queueIn(PoolImpl pool) {
            ScopeQueue queue = super.queueIn(pool);
            for (Several each : completions) {
                ScopeQueue other = each.completions.queueIn(pool);
                queue = queue == null ? other : queue;
            }
            return queue;
        }

        @Override
        @Nullable QueueNode nextWaiting(ScopeQueue queue, WaitingTasks waiting) {
            QueueNode node = super.nextWaiting(queue, waiting);
            for (int i = 0; node == null && i < completions.size(); i++) {
                node = completions.get(i).completions.nextWaiting(queue, waiting);
            }
            return node;
        }

        @Override
        TaskImpl<?> anyTask() {
            return super.awaited().isEmpty()
                    ? completions.getFirst().completions.anyTask()
                    : super.anyTask();
        }

        @Override
        boolean isReachedAt(long deadline) {
            return false;
        }

        @Override
        List<TaskImpl<?>> awaited() {
            if (completions.isEmpty()) {
                return super.awaited();
            }
            List<TaskImpl<?>> all = new ArrayList<>(super.awaited());
            completions.forEach(each -> all.addAll(each.completions.awaited()));
            return all;
        }
    }
}
