package dev.pogo.process;

import dev.pogo.WorkerException;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.List;
import java.util.OptionalInt;

/**
 * Thrown when a worker process could not run a job; it is being, or has been, replaced.
 *
 * @serial exclude
 */
public final class WorkerProcessException extends WorkerException {
    @Serial private static final long serialVersionUID = 1;

    private final RestartCause reason;
    private final long pid;
    private final @Nullable Integer exitStatus;
    private final transient List<String> lastLines;

    WorkerProcessException(WorkerEnd end, RestartCause reason) {
        super(end.describe(), end.failure());
        this.reason = reason;
        this.pid = end.pid();
        this.exitStatus = end.exitStatus();
        this.lastLines = end.lastLines();
    }

    /**
     * Returns why the process was replaced.
     *
     * @return the cause
     */
    public RestartCause reason() {
        return reason;
    }

    /**
     * Returns the id of the process.
     *
     * @return the process id, 0 if there was none
     */
    public long pid() {
        return pid;
    }

    /**
     * Returns the exit status of the process, or 128 plus the number of the signal that killed it.
     *
     * @return the status; empty if there was no process
     */
    public OptionalInt exitStatus() {
        return exitStatus == null ? OptionalInt.empty() : OptionalInt.of(exitStatus);
    }

    /**
     * Returns the last lines that the process wrote to its standard output and error.
     *
     * @return up to 20 lines, oldest first
     */
    public List<String> lastLines() {
        return lastLines;
    }
}
