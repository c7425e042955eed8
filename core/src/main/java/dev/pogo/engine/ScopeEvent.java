package dev.pogo.engine;

import dev.pogo.Task;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

import java.util.List;

@Name("dev.pogo.Scope")
@Label("Scope")
@Category("Pogo")
@Description("A scope from its opening to the end of its close")
@Threshold("20 ms")
@StackTrace(false)
final class ScopeEvent extends Event {
    /** Used only to test whether events are recorded; never committed itself. */
    static final ScopeEvent WANTED = new ScopeEvent();

    @Label("Scope Id")
    @Description("The id of its first task; 0 without tasks")
    long id;

    @Label("Tasks")
    int tasks;

    @Label("Succeeded")
    int succeeded;

    @Label("Failed")
    int failed;

    @Label("Cancelled")
    int cancelled;

    static ScopeEvent begun() {
        ScopeEvent event = new ScopeEvent();
        event.begin();
        return event;
    }

    /** Completes and commits the event of a scope that is closed. */
    void commit(PogoScopeImpl scope) {
        end();
        if (shouldCommit()) {
            List<TaskImpl<?>> all = scope.tasks().snapshot();
            id = scope.id();
            tasks = all.size();
            succeeded = count(all, Task.State.SUCCEEDED);
            failed = count(all, Task.State.FAILED);
            cancelled = count(all, Task.State.CANCELLED);
            commit();
        }
    }

    private static int count(List<TaskImpl<?>> tasks, Task.State state) {
        return (int) tasks.stream().filter(task -> task.state() == state).count();
    }
}
