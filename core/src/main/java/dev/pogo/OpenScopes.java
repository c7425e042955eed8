package dev.pogo;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which scopes the current thread has open, innermost first, linked to the next by {@link
 * PogoScope#outerOfSameThread()}. A task's thread keeps them in its {@link Execution}, any other in
 * a thread-local. A task's thread that is taken for another one, as its work has set another
 * handler, has both; each scope knows where it is.
 */
final class OpenScopes {
    private static final Logger LOG = LoggerFactory.getLogger(OpenScopes.class);
    private static final ThreadLocal<@Nullable PogoScope> INNERMOST = new ThreadLocal<>();

    private OpenScopes() {}

    /**
     * The innermost of those that the current thread has opened as the thread of an execution, or
     * null.
     *
     * @param opener the execution, null for those that it has opened as another thread
     */
    static @Nullable PogoScope innermost(@Nullable Execution opener) {
        return opener != null ? opener.innermostScope() : INNERMOST.get();
    }

    /**
     * The scope around a new one: opened by this thread, else the one whose task it runs.
     *
     * @param opener the execution of the current thread, or null
     * @param innermost what {@link #innermost(Execution)} gives
     */
    static @Nullable PogoScope enclosing(
            @Nullable Execution opener, @Nullable PogoScope innermost) {
        return innermost != null || opener == null ? innermost : opener.task().scope();
    }

    /** Changes what {@link #innermost(Execution)} gives. */
    static void setInnermost(@Nullable Execution opener, @Nullable PogoScope scope) {
        if (opener != null) {
            opener.setInnermostScope(scope);
        } else {
            // Null too, and no remove(): the thread's next scope then needs no new entry, and an
            // entry without a value keeps nothing from being garbage.
            INNERMOST.set(scope);
        }
    }

    /** Closes what the work of this thread's task has opened and not closed. */
    static void closeForgotten(Execution execution) {
        PogoScope forgotten;
        while ((forgotten = execution.innermostScope()) != null) {
            PogoScope outer = forgotten.outerOfSameThread();
            if (!forgotten.isClosed()) {
                Report.warn(
                        LOG,
                        "{} has left {} open; it is closed now. Use try-with-resources",
                        execution.task(),
                        forgotten);
                forgotten.close();
            }
            execution.setInnermostScope(outer);
        }
    }
}
