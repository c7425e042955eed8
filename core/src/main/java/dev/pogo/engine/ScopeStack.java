package dev.pogo.engine;

import dev.pogo.util.SafeLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open scopes of the current thread, innermost first, each linked to the next by {@link
 * PogoScope#outerOfSameThread()}. A task's thread keeps them in its {@link Execution}, any other
 * thread in a thread-local. A task's thread that is taken for another one, because its work has set
 * another handler, has both; each scope knows where it is kept.
 */
final class ScopeStack {
    private static final Logger LOG = LoggerFactory.getLogger(ScopeStack.class);
    private static final ThreadLocal<@Nullable PogoScopeImpl> INNERMOST = new ThreadLocal<>();

    private ScopeStack() {}

    /**
     * Returns the innermost scope that the current thread has opened as the thread of an execution,
     * or null.
     *
     * @param opener the execution; null for the scopes that it has opened as another thread
     */
    static @Nullable PogoScopeImpl innermost(@Nullable Execution opener) {
        return opener != null ? opener.innermostScope() : INNERMOST.get();
    }

    /**
     * Returns the scope around a new one: the innermost opened by this thread, else the scope of
     * the task that it runs.
     *
     * @param opener the execution of the current thread, or null
     * @param innermost the result of {@link #innermost(Execution)}
     */
    static @Nullable PogoScopeImpl enclosing(
            @Nullable Execution opener, @Nullable PogoScopeImpl innermost) {
        return innermost != null || opener == null ? innermost : opener.task().scope();
    }

    /** Sets the scope that {@link #innermost(Execution)} returns. */
    static void setInnermost(@Nullable Execution opener, @Nullable PogoScopeImpl scope) {
        if (opener != null) {
            opener.setInnermostScope(scope);
        } else {
            // Null is set too, without remove(): the thread's next scope then needs no new entry,
            // and an entry without a value keeps nothing reachable.
            INNERMOST.set(scope);
        }
    }

    /** Closes the scopes that the work of this thread's task has opened and not closed. */
    static void closeForgotten(Execution execution) {
        PogoScopeImpl forgotten;
        while ((forgotten = execution.innermostScope()) != null) {
            PogoScopeImpl outer = forgotten.outerOfSameThread();
            if (!forgotten.isClosed()) {
                SafeLog.warn(
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
