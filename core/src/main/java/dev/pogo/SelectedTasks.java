package dev.pogo;

import dev.pogo.channel.Source;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** The tasks and completions among the cases of a select, which may be of several scopes. */
final class SelectedTasks extends AwaitedTasks<Task<?>> {
    private static final int NONE = -1;

    /** Wakes the thread for a task, which has its outcome for good. */
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
     * Wakes the thread for completions, which may have a task. That it has rung stays so, whoever
     * takes the task.
     */
    private final class Bell extends Waiter {
        @Override
        void wake() {
            wakeAll();
        }
    }

    /** Completions with their place among the cases. */
    private record Several(Completions<?> completions, int number) {}

    /** The places of the single tasks among the cases. */
    private final int[] numbers;

    private final List<Several> completions;

    /** The place of a task that has its outcome, of the last that has said so; or {@link #NONE}. */
    private volatile int told = NONE;

    private SelectedTasks(List<Task<?>> tasks, int[] numbers, List<Several> completions) {
        super(tasks);
        this.numbers = numbers;
        this.completions = completions;
    }

    /** Of the sources, all of which are tasks or completions. */
    static SelectedTasks of(List<? extends Source<?>> all) {
        List<Task<?>> tasks = new ArrayList<>(all.size());
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
     * @param ready is told, by this thread, the place of each case that may be taken
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
                // Another thread may have taken what the completions had.
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
     * Puts a bell into each of the completions in which there is none that has not rung; it rings
     * at once where there is something to take.
     */
    private void putUp(@Nullable Bell[] bells) {
        for (int i = 0; i < bells.length; i++) {
            Bell bell = bells[i];
            if (bell == null || bell.isOver()) {
                bell = new Bell();
                bells[i] = bell;
                Completions<?> several = completions.get(i).completions;
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
    @Nullable Lane laneIn(Pool pool) {
        Lane lane = super.laneIn(pool);
        for (Several each : completions) {
            Lane other = each.completions.laneIn(pool);
            lane = lane == null ? other : lane;
        }
        return lane;
    }

    @Override
    @Nullable Place nextWaiting(Lane lane, WaitingTasks waiting) {
        Place place = super.nextWaiting(lane, waiting);
        for (int i = 0; place == null && i < completions.size(); i++) {
            place = completions.get(i).completions.nextWaiting(lane, waiting);
        }
        return place;
    }

    @Override
    Task<?> anyTask() {
        return super.awaited().isEmpty()
                ? completions.getFirst().completions.anyTask()
                : super.anyTask();
    }

    @Override
    boolean isReachedAt(long deadline) {
        return false;
    }

    @Override
    List<Task<?>> awaited() {
        if (completions.isEmpty()) {
            return super.awaited();
        }
        List<Task<?>> all = new ArrayList<>(super.awaited());
        completions.forEach(each -> all.addAll(each.completions.awaited()));
        return all;
    }
}
