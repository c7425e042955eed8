package dev.pogo.samples.cluster;

import org.jspecify.annotations.Nullable;

/** Thrown when the hosts cannot be brought to work, whatever the jobs do. */
final class ClusterException extends Exception {
    private static final long serialVersionUID = 1;

    ClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
