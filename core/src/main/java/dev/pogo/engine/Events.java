package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.PoolLoad;
import dev.pogo.Task;
import dev.pogo.engine.Events.TaskEvent;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * Passes the engine's events to the JDK Flight Recorder, if it records them. No event class is
 * loaded in a Java runtime without the recorder. No method throws: if memory runs out, or there is
 * no stack left to load an event class, that event is missing and its task is unaffected.
 */
final class Events {
    private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Events() {}

    /** Registers the event for failures before there is one. */
    static void initialize() {
        if (AVAILABLE) {
            PoolSaturatedEvent.WANTED.isEnabled();
        }
    }

    /** Returns the work of a task that is being spawned, with its event if that is wanted. */
    static <T extends @Nullable Object> Callable<? extends T> recorded(Callable<? extends T> work) {
        try {
            return AVAILABLE && TaskEvent.WANTED.isEnabled() ? TracedCallable.of(work) : work;
        } catch (Throwable e) {
            return work;
        }
    }

    /** Commits the event of a task that has ended, if it has one. */
    static void ended(TaskImpl<?> task, @Nullable TaskEvent event) {
        if (event != null) {
            try {
                event.commit(task);
            } catch (Throwable e) {
                // see the class comment
            }
        }
    }

    /** Returns the event of a scope that is being opened, or null if it is not wanted. */
    static @Nullable ScopeEvent scopeOpened() {
        try {
            return AVAILABLE && ScopeEvent.WANTED.isEnabled() ? ScopeEvent.begun() : null;
        } catch (Throwable e) {
            return null;
        }
    }

    /** Commits the event of a scope that is closed, if it has one. */
    static void scopeClosed(PogoScopeImpl scope, @Nullable ScopeEvent event) {
        if (event != null) {
            try {
                event.commit(scope);
            } catch (Throwable e) {
                // see the class comment
            }
        }
    }

    static void saturated(TaskImpl<?> task, TaskState.Saturated outcome) {
        try {
            if (AVAILABLE && PoolSaturatedEvent.WANTED.isEnabled()) {
                PoolSaturatedEvent.commit(task, outcome);
            }
        } catch (Throwable e) {
            // see the class comment
        }
    }

    @Name("dev.pogo.Task")
    @Label("Task")
    @Category("Pogo")
    @Description("A task from its spawn to its end; the duration includes waiting and running")
    @Threshold("20 ms")
    @StackTrace(false)
    static final class TaskEvent extends Event {
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

    @Name("dev.pogo.PoolSaturated")
    @Label("Pool Saturated")
    @Category("Pogo")
    @Description(
            "A task has waited as long as its pool allows, or was refused because it would have had"
                    + " to")
    @StackTrace(false)
    static final class PoolSaturatedEvent extends Event {
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

    /**
     * Work that carries its task's event, so that only a task that is recorded uses memory for the
     * event.
     */
    record TracedCallable<T extends @Nullable Object>(Callable<? extends T> work, TaskEvent event)
            implements Callable<T> {
        static <T extends @Nullable Object> TracedCallable<T> of(Callable<? extends T> work) {
            TaskEvent event = new TaskEvent();
            event.begin();
            return new TracedCallable<>(work, event);
        }

        /** Returns the event that records the work's task, or null. */
        static @Nullable TaskEvent eventOf(@Nullable Callable<?> work) {
            return work instanceof TracedCallable<?> recorded ? recorded.event : null;
        }

        @Override
        public T call() throws Exception {
            return work.call();
        }
    }

    @Name("dev.pogo.Scope")
    @Label("Scope")
    @Category("Pogo")
    @Description("A scope from its opening to the end of its close")
    @Threshold("20 ms")
    @StackTrace(false)
    static final class ScopeEvent extends Event {
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
}
