package dev.pogo.process;

import dev.pogo.WorkerException;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.List;
import java.util.OptionalInt;

/**
 * A worker process could not run a job; it is, or has been, replaced.
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
     * Why the process was replaced.
     *
     * @return the cause
     */
    public RestartCause reason() {
        return reason;
    }

    /**
     * Which process it was.
     *
     * @return the process id, 0 if there was none
     */
    public long pid() {
        return pid;
    }

    /**
     * How the process ended: its exit status, or 128 and the number of the signal that killed it.
     *
     * @return the status; empty if there was no process
     */
    public OptionalInt exitStatus() {
        return exitStatus == null ? OptionalInt.empty() : OptionalInt.of(exitStatus);
    }

    /**
     * What the process wrote last to its standard output and error.
     *
     * @return up to 20 lines, oldest first
     */
    public List<String> lastLines() {
        return lastLines;
    }
}
