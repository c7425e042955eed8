package dev.pogo.redis;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as messages of the suite show them. */
public final class Durations {
    private Durations() {}

    /**
     * Returns a duration as text, in whole milliseconds.
     *
     * @param duration the duration
     * @return the text, such as {@code 250 ms} or {@code 1.5 s}
     */
    public static String describe(Duration duration) {
        long millis = duration.toMillis();
        return millis < 1_000
                ? millis + " ms"
                : BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
    }
}
