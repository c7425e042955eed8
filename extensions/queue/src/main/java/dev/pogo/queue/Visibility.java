package dev.pogo.queue;

import java.time.Duration;

/** The time for which a reservation lasts. */
final class Visibility {
    private static final Duration LEAST_MARGIN = Duration.ofSeconds(1);

    private Visibility() {}

    /**
     * Returns how long after its reservation a message is taken back. This is later than the
     * deadline of its delivery, so that a consumer that is alive can settle it before.
     */
    static Duration reclaimed(QueueConfig config) {
        Duration visibility = config.visibilityTimeout();
        Duration tenth = visibility.dividedBy(10);
        return visibility.plus(tenth.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : tenth);
    }
}
