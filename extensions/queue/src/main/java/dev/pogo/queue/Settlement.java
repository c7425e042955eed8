package dev.pogo.queue;

import java.time.Duration;

/** What is to become of a delivery whose job has ended. */
sealed interface Settlement {
    /** Performs it. */
    QueueCode settle(QueueStore store, String deliveryId)
            throws BackendException, InterruptedException;

    /** Maximum number of characters in a reason. */
    int LONGEST_REASON = 1_000;

    private static String cut(String reason) {
        if (reason.length() <= LONGEST_REASON) {
            return reason;
        }
        boolean pair = Character.isHighSurrogate(reason.charAt(LONGEST_REASON - 1));
        return reason.substring(0, pair ? LONGEST_REASON - 1 : LONGEST_REASON) + "...";
    }

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
        /** Cuts a reason that is too long. */
        public Release {
            reason = cut(reason);
        }

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
        /** Cuts a reason that is too long. */
        public Fail {
            reason = cut(reason);
        }

        @Override
        public QueueCode settle(QueueStore store, String deliveryId)
                throws BackendException, InterruptedException {
            return store.fail(deliveryId, reason);
        }
    }
}
