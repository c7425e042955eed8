package dev.pogo.queue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * State of a {@link PogoQueue}. Immutable. As JSON, an object with the names of the components.
 *
 * @param ready whether it is not closed, and the backend has answered for each queue
 * @param queues the numbers of each queue, by its name, in the order of the configuration; a queue
 *     for which the backend has not answered has only those that this process knows, the others
 *     being 0
 */
public record QueueStatus(boolean ready, Map<String, QueueCounts> queues) {
    /** Copies the map. */
    public QueueStatus {
        queues = Collections.unmodifiableMap(new LinkedHashMap<>(queues));
    }
}
