package dev.pogo.engine;

import dev.pogo.PoolLoad;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

import org.jspecify.annotations.Nullable;

@Name("dev.pogo.PoolSaturated")
@Label("Pool Saturated")
@Category("Pogo")
@Description(
        "A task has waited as long as its pool allows, or was refused because it would have had to")
@StackTrace(false)
final class PoolSaturatedEvent extends Event {
    /** Used to test whether events are enabled; never committed. */
    static final PoolSaturatedEvent WANTED = new PoolSaturatedEvent();

    @Label("Pool")
    @Nullable String pool;

    @Label("Task Id")
    long task;

    @Label("Task Name")
    @Nullable String name;

    @Label("Scope Id")
    long scope;

    @Label("Waited")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Label("Size")
    int size;

    @Label("Running")
    int running;

    @Label("Waiting")
    int waiting;

    @Label("Lent")
    int lent;

    @Label("Stuck")
    int stuck;

    static void commit(TaskImpl<?> task, TaskState.Saturated outcome) {
        PoolSaturatedEvent event = new PoolSaturatedEvent();
        PoolLoad load = outcome.load();
        event.pool = task.pool();
        event.task = task.id();
        event.name = task.name();
        event.scope = task.scope().id();
        event.waited = task.waited().toNanos();
        event.size = load.size();
        event.running = load.running();
        event.waiting = load.waiting();
        event.lent = load.lent();
        event.stuck = load.stuck();
        event.commit();
    }
}
