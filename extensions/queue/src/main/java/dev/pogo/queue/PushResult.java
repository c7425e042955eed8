package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

/**
 * Outcome of a push. As JSON, an object with the names of the components.
 *
 * @param ok whether the queue has the message; the same as {@code code == ACCEPTED}
 * @param id the id of the message, which stays the same in all its deliveries; null if the queue
 *     does not have it. If another message with the same key was pushed before, its id
 * @param code the outcome
 * @param message what happened, for a reader
 */
public record PushResult(boolean ok, @Nullable String id, QueueCode code, String message) {
    static PushResult accepted(String id) {
        return new PushResult(true, id, QueueCode.ACCEPTED, "accepted");
    }

    static PushResult duplicate(String id) {
        return new PushResult(
                true, id, QueueCode.ACCEPTED, "accepted before, as message " + id + ", by its key");
    }

    static PushResult refused(QueueCode code, String message) {
        return new PushResult(false, null, code, message);
    }
}
