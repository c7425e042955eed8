package dev.pogo.queue;

import dev.pogo.InvalidConfigException;

/**
 * Keeps messages in the memory of this process: they are lost when it ends, and no other process
 * sees them. As JSON, {@code "memory": {}} in the directive {@code backend}, with the names of the
 * components in lower case with underscores. Immutable.
 *
 * @param maxMessages the maximum number of messages in each queue, dead letters included, at least
 *     1; by default 1,000
 * @param maxTotalBytes the maximum number of bytes in all payloads of each queue, dead letters
 *     included, at least 1; by default 67,108,864
 */
public record MemoryBackend(int maxMessages, int maxTotalBytes) implements QueueBackend {
    static final int DEFAULT_MESSAGES = 1_000;
    static final int DEFAULT_BYTES = 64 << 20;

    /**
     * Checks the values.
     *
     * @throws InvalidConfigException if one is less than 1
     */
    public MemoryBackend {
        Checks.ensurePositive("MemoryBackend", "max_messages", maxMessages);
        Checks.ensurePositive("MemoryBackend", "max_total_bytes", maxTotalBytes);
    }

    /**
     * Returns the backend with the default limits.
     *
     * @return the backend
     */
    public static MemoryBackend defaults() {
        return new MemoryBackend(DEFAULT_MESSAGES, DEFAULT_BYTES);
    }

    /**
     * Returns a copy with another maximum number of messages.
     *
     * @param n the number for each queue
     * @return the copy
     * @throws InvalidConfigException if it is less than 1
     */
    public MemoryBackend withMaxMessages(int n) {
        return new MemoryBackend(n, maxTotalBytes);
    }

    /**
     * Returns a copy with another maximum number of bytes.
     *
     * @param bytes the number for each queue
     * @return the copy
     * @throws InvalidConfigException if it is less than 1
     */
    public MemoryBackend withMaxTotalBytes(int bytes) {
        return new MemoryBackend(maxMessages, bytes);
    }
}
