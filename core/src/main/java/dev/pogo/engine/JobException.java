package dev.pogo.engine;

import dev.pogo.WorkerException;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/**
 * Thrown when a job could not be run, or the worker that was to run it failed; not when the job
 * itself failed.
 */
public final class JobException extends WorkerException {
    @Serial private static final long serialVersionUID = 1;

    JobException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
