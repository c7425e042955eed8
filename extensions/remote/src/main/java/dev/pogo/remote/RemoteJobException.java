package dev.pogo.remote;

import dev.pogo.WorkerException;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.Objects;
import java.util.Optional;

/**
 * Thrown when a job could not be run on another machine, or its outcome is unknown. The cause of
 * the task's failure has this among its causes.
 *
 * @serial exclude
 */
public final class RemoteJobException extends WorkerException {
    @Serial private static final long serialVersionUID = 1;

    /** Why there is no response. */
    public enum Reason {
        /** The host has not been seen for three heartbeats. The job may have been done. */
        HOST_LOST,
        /**
         * Redis has neither the request nor a claim nor an answer, because it was restarted or
         * emptied. The job may have been done.
         */
        FORGOTTEN,
        /** Redis could not be reached, and the request was not sent. */
        NOT_SENT,
        /**
         * Redis was silent, or refused to write, for ten heartbeats. The job may have been done.
         */
        REDIS_LOST,
        /** The host refused the request; the job has not begun. */
        REFUSED,
        /** The request is larger than {@code max_payload}, and was not sent. */
        TOO_LARGE,
        /** The host cancelled the job, because it was stopped itself. */
        HOST_CLOSED,
        /** The time of the task was over on the host before it was here. */
        EXPIRED,
        /** The host sent an answer that cannot be understood. The job may have been done. */
        INVALID_ANSWER,
        /** The runtime of the caller was closed. */
        CLOSED
    }

    private final Reason reason;
    private final @Nullable String host;

    RemoteJobException(
            Reason reason, @Nullable String host, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.host = host;
    }

    /**
     * Returns why there is no response.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns whether the job may have been done, in part or altogether.
     *
     * @return false if it certainly has not begun
     */
    public boolean mayBeDone() {
        return switch (reason) {
            case HOST_LOST, FORGOTTEN, REDIS_LOST, INVALID_ANSWER -> true;
            case HOST_CLOSED, EXPIRED, CLOSED -> true; // it may have begun
            case NOT_SENT, TOO_LARGE, REFUSED -> false;
        };
    }

    /**
     * Returns the host that had the job.
     *
     * @return its name; empty if no host is known to have had it
     */
    public Optional<String> host() {
        return Optional.ofNullable(host);
    }
}
