package dev.pogo.queue;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Numbers of one queue. As JSON, an object with the names of the components, in lower case with
 * underscores.
 *
 * @param pending the number of messages that can be delivered now
 * @param delayed the number of messages that can be delivered later
 * @param reserved the number of messages that are being delivered
 * @param failed the number of {@linkplain DeadLetter dead letters}
 * @param enqueued how many messages have been pushed, since the queue exists
 * @param acked how many deliveries have been acknowledged, likewise
 * @param released how many deliveries have been released, or taken back from a lost consumer,
 *     likewise
 * @param backendErrors how many operations of this process have failed because of the backend
 * @param maxPayloadBytes the maximum number of bytes in a payload
 */
public record QueueCounts(
        long pending,
        long delayed,
        long reserved,
        long failed,
        long enqueued,
        long acked,
        long released,
        @JsonProperty("backend_errors") long backendErrors,
        @JsonProperty("max_payload_bytes") int maxPayloadBytes) {}
