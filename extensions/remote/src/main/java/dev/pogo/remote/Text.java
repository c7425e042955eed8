package dev.pogo.remote;

import java.math.BigDecimal;
import java.time.Duration;

/** Values as messages show them. */
final class Text {
    private Text() {}

    static String describe(Duration duration) {
        long millis = duration.toMillis();
        return millis < 1_000
                ? millis + " ms"
                : BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
    }
}
