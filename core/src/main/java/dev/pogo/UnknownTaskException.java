package dev.pogo;

import java.io.Serial;
import java.util.Objects;

/**
 * Thrown when a scope is asked for a task that it never spawned, or that was already awaited by its
 * id.
 *
 * @serial exclude
 */
public final class UnknownTaskException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    private final long taskId;

    /**
     * Creates an exception. Public for tests of code that handles it.
     *
     * @param taskId the requested id
     * @param why the reason, as the rest of a sentence
     */
    public UnknownTaskException(long taskId, String why) {
        super("unknown Pogo task " + taskId + ": " + Objects.requireNonNull(why, "why"), null);
        this.taskId = taskId;
    }

    /**
     * Returns the requested id.
     *
     * @return the id
     */
    public long taskId() {
        return taskId;
    }
}
