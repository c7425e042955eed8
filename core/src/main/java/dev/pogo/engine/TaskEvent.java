package dev.pogo.engine;

import dev.pogo.CancelReason;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

import org.jspecify.annotations.Nullable;

@Name("dev.pogo.Task")
@Label("Task")
@Category("Pogo")
@Description("A task from its spawn to its end; the duration includes waiting and running")
@Threshold("20 ms")
@StackTrace(false)
final class TaskEvent extends Event {
    /** Tells whether events are recorded; never recorded itself. */
    static final TaskEvent WANTED = new TaskEvent();

    @Label("Task Id")
    long id;

    @Label("Name")
    @Nullable String name;

    @Label("Pool")
    @Nullable String pool;

    @Label("Scope Id")
    long scope;

    @Label("Waited")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Label("Ran")
    @Timespan(Timespan.NANOSECONDS)
    long ran;

    @Label("Outcome")
    @Nullable String outcome;

    @Label("Cancel Reason")
    @Nullable String cancelReason;

    /** Ends the event and commits it; the task has ended. */
    void commit(TaskImpl<?> task) {
        end();
        if (shouldCommit()) {
            id = task.id();
            name = task.name();
            pool = task.pool();
            scope = task.scope().id();
            waited = task.waited().toNanos();
            ran = task.ran().toNanos();
            outcome = task.state().name();
            cancelReason = task.cancelReason().map(CancelReason::name).orElse(null);
            commit();
        }
    }
}
