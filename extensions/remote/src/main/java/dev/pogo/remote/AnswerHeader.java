package dev.pogo.remote;

import com.fasterxml.jackson.annotation.JsonProperty;

import org.jspecify.annotations.Nullable;

/**
 * What an answer says besides the response.
 *
 * @param request the number of the request
 * @param end how the job has ended; null if that is not known here
 * @param host the host
 * @param error why there is no response; null if there is one
 */
record AnswerHeader(long request, @Nullable End end, String host, @Nullable String error) {
    /** How a job has ended. */
    enum End {
        /** It has returned or thrown; the response follows. */
        @JsonProperty("done")
        DONE,
        /** It was cancelled. */
        @JsonProperty("cancelled")
        CANCELLED,
        /** The time of its task was over. */
        @JsonProperty("expired")
        EXPIRED,
        /** The host does not run it. */
        @JsonProperty("refused")
        REFUSED
    }
}
