package dev.pogo.engine;

import dev.pogo.Task;
import dev.pogo.engine.TaskState.Failed;

import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A task's phase and outcome: whatever is done to it by several threads, it is as if done one by
 * one.
 */
@Tag("lincheck")
public final class TaskLincheckTest {
    private final Inert inert = new Inert(1);
    private final TaskImpl<Integer> task = inert.unsubmitted();
    private final Thread thread = inert.thread();

    @Operation
    public boolean lineUp() {
        return task.lineUp(new QueueNode(task));
    }

    @Operation
    public boolean admit() {
        return task.admit(thread);
    }

    @Operation
    public boolean expire() {
        return task.giveUp(new Failed(new Exception("expired"), 0));
    }

    @Operation
    public boolean cancel() {
        return task.cancel();
    }

    @Operation
    public boolean finish() {
        return task.decide(1);
    }

    @Operation
    public Task.State state() {
        return task.state();
    }

    @Test
    void phase_modelChecked_isLinearizable() {
        Lincheck.modelCheck(TaskLincheckTest.class);
    }

    @Test
    void phase_stressed_isLinearizable() {
        Lincheck.stress(TaskLincheckTest.class);
    }
}
