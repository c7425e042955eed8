package dev.pogo.queue;

import java.time.Duration;

/** What is to become of a delivery whose job has ended. */
sealed interface Settlement {
    /** Performs it. */
    QueueCode settle(QueueStore store, String deliveryId)
            throws BackendException, InterruptedException;

    /** Its job has succeeded. */
    record Ack() implements Settlement {
        @Override
        public QueueCode settle(QueueStore store, String deliveryId)
                throws BackendException, InterruptedException {
            return store.ack(deliveryId);
        }
    }

    /** Its job has failed and is to be attempted again. */
    record Release(Duration delay, String reason) implements Settlement {
        @Override
        public QueueCode settle(QueueStore store, String deliveryId)
                throws BackendException, InterruptedException {
            return store.release(deliveryId, delay, true);
        }
    }

    /** Its job has not been attempted to the end, which does not count as an attempt. */
    record Return(Duration delay, String reason) implements Settlement {
        @Override
        public QueueCode settle(QueueStore store, String deliveryId)
                throws BackendException, InterruptedException {
            return store.release(deliveryId, delay, false);
        }
    }

    /** Its job has failed for the last time. */
    record Fail(String reason) implements Settlement {
        private static final int LONGEST_REASON = 1_000;

        /** Cuts a reason that is too long. */
        public Fail {
            if (reason.length() > LONGEST_REASON) {
                reason = reason.substring(0, LONGEST_REASON) + "...";
            }
        }

        @Override
        public QueueCode settle(QueueStore store, String deliveryId)
                throws BackendException, InterruptedException {
            return store.fail(deliveryId, reason);
        }
    }
}
