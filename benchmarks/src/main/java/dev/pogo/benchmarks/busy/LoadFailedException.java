package dev.pogo.benchmarks.busy;

import org.jspecify.annotations.Nullable;

/** Says why a contender has no figures. */
class LoadFailedException extends Exception {
    private static final long serialVersionUID = 1;

    LoadFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
