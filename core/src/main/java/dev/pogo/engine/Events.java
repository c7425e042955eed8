package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

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
}
