package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/**
 * Thrown when dead letters cannot be listed or retried.
 *
 * @serial exclude
 */
public final class QueueException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private final QueueCode code;

    QueueException(QueueCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /**
     * Returns the reason.
     *
     * @return {@link QueueCode#QUEUE_UNKNOWN}, {@link QueueCode#SHUTTING_DOWN} or {@link
     *     QueueCode#BACKEND_FAILURE}, after which the operation may have been performed
     */
    public QueueCode code() {
        return code;
    }
}
