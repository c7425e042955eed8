package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/**
 * What a push may say besides the payload. Immutable.
 *
 * @param delay the time that must pass before the message is delivered, in milliseconds precision;
 *     not negative and at most 10 years
 * @param key the de-duplication key, 1 to 200 characters; null if there is none
 * @param window how long the key is remembered, counted from the push, from 1 ms to 10 years; zero
 *     if there is no key
 */
public record PushOptions(Duration delay, @Nullable String key, Duration window) {
    /** Keeps times in milliseconds exact where a script computes with them. */
    static final Duration LONGEST = Duration.ofDays(3_653);

    private static final int LONGEST_KEY = 200;
    private static final PushOptions NONE = new PushOptions(Duration.ZERO, null, Duration.ZERO);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public PushOptions {
        ensureDelay(delay);
        Objects.requireNonNull(window, "window");
        if (key == null) {
            if (!window.isZero()) {
                throw new IllegalArgumentException("a window of " + window + " needs a key");
            }
        } else if (key.isEmpty() || key.length() > LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "a key has 1 to " + LONGEST_KEY + " characters, not " + key.length());
        } else if (window.toMillis() < 1 || window.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a key is remembered for 1 ms to 10 years, not " + window);
        }
    }

    static void ensureDelay(Duration delay) {
        if (Objects.requireNonNull(delay, "delay").isNegative() || delay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a delay is 0 to 10 years, not " + delay);
        }
    }

    /**
     * Returns the options of a message that may be delivered at once and has no key.
     *
     * @return the options
     */
    public static PushOptions none() {
        return NONE;
    }

    /**
     * Returns a copy with another delay.
     *
     * @param d the time that must pass before the message is delivered
     * @return the copy
     * @throws IllegalArgumentException if it is negative or more than 10 years
     */
    public PushOptions withDelay(Duration d) {
        return new PushOptions(d, key, window);
    }

    /**
     * Returns a copy with a de-duplication key: while it is remembered, further pushes to the queue
     * with this key add nothing, and return the id of the first message. Each remembered key takes
     * memory of the backend. {@link MemoryBackend} remembers 100 times {@code max_messages} keys,
     * and refuses messages with further ones.
     *
     * @param k the key
     * @param remembered how long the key is remembered, whatever becomes of the message
     * @return the copy
     * @throws IllegalArgumentException if the key or the time is out of its range
     */
    public PushOptions withKey(String k, Duration remembered) {
        return new PushOptions(delay, Objects.requireNonNull(k, "k"), remembered);
    }
}
