package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/** Thrown when the backend has failed or cannot be reached; the step may have been performed. */
final class BackendException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    BackendException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
