package dev.pogo;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** The tasks among the cases of a select, which may be of several scopes. */
final class SelectedTasks extends AwaitedTasks<Task<?>> {
    private static final class Told extends Waiter {
        private final IntConsumer ready;
        private final int number;

        Told(IntConsumer ready, int number) {
            this.ready = ready;
            this.number = number;
        }

        @Override
        void wake() {
            ready.accept(number);
        }
    }

    SelectedTasks(List<Task<?>> tasks) {
        super(tasks);
    }

    /**
     * Waits until the select is over.
     *
     * @param ready is told the number of each task that has its outcome, and wakes the thread
     */
    void await(IntConsumer ready, BooleanSupplier over, long deadline) throws InterruptedException {
        awaitTold(number -> new Told(ready, number), over, deadline, reached -> {});
    }
}
