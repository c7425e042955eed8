package dev.pogo.engine;

import dev.pogo.channel.Source;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** The tasks and completions among the cases of a select, which may belong to several scopes. */
final class SelectedTasks extends TaskGroupWait<TaskImpl<?>> {
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
            if (source instanceof CompletionsSource<?> several) {
                completions.add(new Several(several.completions, i));
            } else {
                numbers[tasks.size()] = i;
                tasks.add(((TaskSource<?>) source).task);
            }
        }
        return new SelectedTasks(tasks, numbers, completions);
    }

    /**
     * Waits until the select is over.
     *
     * @param ready receives, on this thread, the index of each case that may be taken
     */
    void await(IntConsumer ready, BooleanSupplier over, long deadline) throws InterruptedException {
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
     * Enlists a bell in each of the completions that has none, or only one that has rung; the bell
     * rings at once if there is something to take.
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
