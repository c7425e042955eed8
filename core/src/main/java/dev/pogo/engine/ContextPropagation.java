package dev.pogo.engine;

import dev.pogo.InvalidConfigException;
import dev.pogo.TaskDecorator;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

import java.util.concurrent.Callable;

/**
 * Carries the thread-locals that Micrometer's context-propagation knows into tasks. That library is
 * optional, so this class must not be initialized before {@link #decorator} has looked for it.
 */
public final class ContextPropagation {
    private static final String LIBRARY = "io.micrometer.context.ContextSnapshotFactory";

    private ContextPropagation() {}

    /**
     * Returns the decorator, always the same one.
     *
     * @throws InvalidConfigException if the library is not there
     */
    public static TaskDecorator decorator() {
        try {
            Class.forName(LIBRARY, false, ContextPropagation.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new InvalidConfigException(
                    "PogoConfig",
                    "withContextPropagation()",
                    null,
                    "needs the library io.micrometer:context-propagation; add it to the"
                            + " dependencies, and in a module also \"requires"
                            + " context.propagation\"",
                    e);
        }
        return Snapshots.DECORATOR;
    }

    /** Returns whether a decorator is the one that {@link #decorator} returns. */
    public static boolean isDecorator(TaskDecorator decorator) {
        return decorator instanceof Snapshots;
    }

    /** Initialized only where the library is there. */
    private static final class Snapshots implements TaskDecorator {
        static final TaskDecorator DECORATOR = new Snapshots();

        private final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

        /**
         * What the library returns where there is nothing to carry. Were it to return several such
         * objects, the work would be wrapped for nothing.
         */
        private final ContextSnapshot empty =
                ContextSnapshotFactory.builder()
                        .contextRegistry(new ContextRegistry())
                        .build()
                        .captureAll();

        /** A failing accessor makes this throw, and so {@code spawn}. */
        @Override
        public Callable<Object> decorate(Callable<Object> work) {
            ContextSnapshot captured = snapshots.captureAll();
            return captured == empty ? work : captured.wrap(work);
        }

        @Override
        public String toString() {
            return "context propagation";
        }
    }
}
