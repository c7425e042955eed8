package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/** A job could not be run, or the worker that was to run it failed; the job itself did not. */
final class JobException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    JobException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
