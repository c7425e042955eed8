package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * What the engine tells the JDK's flight recorder, if that records it. No class of events is loaded
 * in a Java runtime without the recorder. Nothing here throws: where there is no memory for an
 * event, or no stack left to load its class, that event is missing, and its task is none the worse.
 */
final class Events {
    private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Events() {}

    /** Registers the event of a failure, before there is one. */
    static void initialize() {
        if (AVAILABLE) {
            PoolSaturatedEvent.WANTED.isEnabled();
        }
    }

    /** The work of a task that is spawned now, with its event if that is wanted. */
    static <T extends @Nullable Object> Callable<? extends T> recorded(Callable<? extends T> work) {
        try {
            return AVAILABLE && TaskEvent.WANTED.isEnabled() ? RecordedWork.of(work) : work;
        } catch (Throwable e) {
            return work;
        }
    }

    /** The task has ended, and may have an event. */
    static void ended(Task<?> task, @Nullable TaskEvent event) {
        if (event != null) {
            try {
                event.commit(task);
            } catch (Throwable e) {
                // see above
            }
        }
    }

    /** The event of a scope that is opened now, or null if it is not wanted. */
    static @Nullable ScopeEvent scopeOpened() {
        try {
            return AVAILABLE && ScopeEvent.WANTED.isEnabled() ? ScopeEvent.begun() : null;
        } catch (Throwable e) {
            return null;
        }
    }

    /** The scope is closed, and may have an event. */
    static void scopeClosed(PogoScope scope, @Nullable ScopeEvent event) {
        if (event != null) {
            try {
                event.commit(scope);
            } catch (Throwable e) {
                // see above
            }
        }
    }

    static void saturated(Task<?> task, Phase.Saturated outcome) {
        try {
            if (AVAILABLE && PoolSaturatedEvent.WANTED.isEnabled()) {
                PoolSaturatedEvent.commit(task, outcome);
            }
        } catch (Throwable e) {
            // see above
        }
    }
}
