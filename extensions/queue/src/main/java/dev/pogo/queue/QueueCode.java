package dev.pogo.queue;

import com.fasterxml.jackson.annotation.JsonValue;

/** Outcome of an operation on a queue. As JSON, its {@link #number()}. */
public enum QueueCode {
    /** The queue holds as many messages, or as many bytes, as it may. Nothing has changed. */
    QUEUE_FULL(0),

    /** The operation has been performed. */
    ACCEPTED(1),

    /** Nobody could ever receive the message: the queue is in memory, and it has no worker. */
    WORKER_UNAVAILABLE(2),

    /** The payload has more bytes than {@code max_payload_bytes}. */
    PAYLOAD_TOO_LARGE(3),

    /** The {@link PogoQueue} is being closed or is closed. */
    SHUTTING_DOWN(4),

    /** The backend has failed or cannot be reached. The operation may have been performed. */
    BACKEND_FAILURE(5),

    /** The configuration has no queue of that name. */
    QUEUE_UNKNOWN(6),

    /**
     * There is no such delivery: it has been acknowledged, released or failed before, or it was
     * taken back because its visibility timeout had passed.
     */
    DELIVERY_UNKNOWN(7);

    private final int number;

    QueueCode(int number) {
        this.number = number;
    }

    /**
     * Returns the number by which other languages know the outcome.
     *
     * @return 0 to 7
     */
    @JsonValue
    public int number() {
        return number;
    }
}
