package dev.pogo.queue;

import com.fasterxml.jackson.annotation.JsonProperty;

import org.jspecify.annotations.Nullable;

/**
 * A message that is being delivered: the args of the job that handles it. As JSON, which workers in
 * other languages receive, an object with the names of the components, in lower case with
 * underscores.
 *
 * {@snippet file="dev/pogo/queue/QueueExampleTest.java" region="job"}
 *
 * @param queue the name of the queue
 * @param id the id of the message, the same in all its deliveries
 * @param deliveryId the id of this delivery, for {@link PogoQueue#ack}, {@link PogoQueue#release}
 *     and {@link PogoQueue#fail}
 * @param attempt 1 for the first delivery of the message. Released deliveries that did not count as
 *     an attempt, and lost consumers, are the reasons why a number may be delivered twice
 * @param pushedAt when the message was pushed, in milliseconds since 1970, by the clock of the
 *     backend
 * @param payload the payload
 * @param <P> the type of the payload
 */
public record Delivery<P extends @Nullable Object>(
        String queue,
        String id,
        @JsonProperty("delivery_id") String deliveryId,
        int attempt,
        @JsonProperty("pushed_at") long pushedAt,
        P payload) {}
