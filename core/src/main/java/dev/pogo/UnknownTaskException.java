package dev.pogo;

import java.io.Serial;

/**
 * A task was asked for that is not this scope's to give: never spawned by it, or awaited by its id
 * already.
 *
 * @serial exclude
 */
public final class UnknownTaskException extends PogoException {
    @Serial private static final long serialVersionUID = 1;

    private final long taskId;

    UnknownTaskException(long taskId, String why) {
        super("unknown Pogo task " + taskId + ": " + why, null);
        this.taskId = taskId;
    }

    /**
     * The id that was asked for.
     *
     * @return the id
     */
    public long taskId() {
        return taskId;
    }
}
