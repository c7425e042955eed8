package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * What the engine tells the JDK's flight recorder, if that records it. No class of events is loaded
 * in a Java runtime without the recorder.
 */
final class Events {
    private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Events() {}

    /** The work of a task that is spawned now, with its event if that is wanted. */
    static <T extends @Nullable Object> Callable<? extends T> recorded(Callable<? extends T> work) {
        return AVAILABLE && TaskEvent.WANTED.isEnabled() ? RecordedWork.of(work) : work;
    }

    /** The event of a scope that is opened now, or null if it is not wanted. */
    static @Nullable ScopeEvent scopeOpened() {
        return AVAILABLE && ScopeEvent.WANTED.isEnabled() ? ScopeEvent.begun() : null;
    }

    static void saturated(Task<?> task, Phase.Saturated outcome) {
        if (AVAILABLE && PoolSaturatedEvent.WANTED.isEnabled()) {
            PoolSaturatedEvent.commit(task, outcome);
        }
    }
}
