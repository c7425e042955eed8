package dev.pogo.queue;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The delay before a message is attempted again. */
final class RetryDelay {
    private RetryDelay() {}

    /**
     * Returns a delay that doubles with each attempt. It is shortened by up to a half at random, so
     * that messages that have failed together are not attempted together.
     *
     * @param attempt the attempt that has failed, 1 for the first
     */
    static Duration after(int attempt, QueueConfig config) {
        long most = config.maxRetryDelay().toMillis();
        long delay = config.retryDelay().toMillis();
        for (int i = 1; i < attempt && delay < most; i++) {
            delay *= 2;
        }
        delay = Math.min(delay, most);
        return Duration.ofMillis(delay - ThreadLocalRandom.current().nextLong(delay / 2 + 1));
    }
}
