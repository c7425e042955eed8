package dev.pogo.queue;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What this process has done with one queue. Written by any thread. */
final class Counters {
    private final Map<QueueCode, LongAdder> pushes = new EnumMap<>(QueueCode.class);

    final LongAdder backendErrors = new LongAdder();

    final LongAdder succeeded = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder deadLettered = new LongAdder();

    /** Deliveries that were given back without having been attempted to the end. */
    final LongAdder returned = new LongAdder();

    /** Time from the reservation of all attempted deliveries to the end of their jobs. */
    final LongAdder handlingNanos = new LongAdder();

    Counters() {
        for (QueueCode code : QueueCode.values()) {
            pushes.put(code, new LongAdder());
        }
    }

    /** Returns the number of pushes with this outcome. */
    LongAdder pushes(QueueCode code) {
        return Objects.requireNonNull(pushes.get(code));
    }

    /** Returns the number of deliveries whose job has been attempted to the end. */
    long attempted() {
        return succeeded.sum() + failed.sum();
    }
}
