package dev.pogo.engine;

import java.util.function.Consumer;

/** Waits for the end of a task, which may come later than its outcome. */
final class AtEnd extends WaitList.Waiter {
    private final TaskImpl<?> task;
    private final Consumer<TaskImpl<?>> then;

    /**
     * Creates a waiter, to be enlisted in the task.
     *
     * @param then called once by whichever thread ends the task; must not block. If memory runs
     *     out, it is called when the task has its outcome
     */
    AtEnd(TaskImpl<?> task, Consumer<TaskImpl<?>> then) {
        this.task = task;
        this.then = then;
    }

    @Override
    void wake() {
        if (!task.hasEnded()) {
            try {
                task.enlist(new AtEnd(task, then));
                return;
            } catch (OutOfMemoryError e) {
                // Too early is better than never.
            }
        }
        then.accept(task);
    }
}
