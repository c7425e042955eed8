package dev.pogo.queue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;

/**
 * A message that is not delivered any more, because it has failed too often or for good. It stays
 * until it is {@linkplain PogoQueue#retry retried}. As JSON, an object with the names of the
 * components, in lower case with underscores.
 *
 * @param id the id of the message
 * @param payload the payload, as JSON text; what is not JSON, which only others than {@link
 *     PogoQueue} can have pushed, as a JSON string
 * @param reason why it failed the last time
 * @param attempts how often it was attempted
 * @param pushedAt when it was pushed, in milliseconds since 1970, by the clock of the backend
 * @param firstFailedAt when it failed for the first time, likewise
 * @param lastFailedAt when it failed for the last time, likewise
 */
public record DeadLetter(
        String id,
        @JsonRawValue String payload,
        String reason,
        int attempts,
        @JsonProperty("pushed_at") long pushedAt,
        @JsonProperty("first_failed_at") long firstFailedAt,
        @JsonProperty("last_failed_at") long lastFailedAt) {}
