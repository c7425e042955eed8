package dev.pogo.samples;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as in the configuration file. */
public final class Durations {
    private static final Pattern DURATION =
            Pattern.compile(
                    "(?:(?<h>\\d+)h)?(?:(?<m>\\d+)m(?!s))?(?:(?<s>\\d+)s)?(?:(?<ms>\\d+)ms)?");

    private Durations() {}

    /**
     * Reads 250ms, 30s, 1m30s or 2h.
     *
     * @param text the text
     * @return the duration
     * @throws IllegalArgumentException if it is not one, or too long
     */
    public static Duration parse(String text) {
        Matcher parts = DURATION.matcher(text);
        try {
            if (parts.matches() && !text.isEmpty()) {
                return Duration.ofHours(part(parts, "h"))
                        .plusMinutes(part(parts, "m"))
                        .plusSeconds(part(parts, "s"))
                        .plusMillis(part(parts, "ms"));
            }
        } catch (ArithmeticException | NumberFormatException tooLong) {
            // refused below
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a duration; write it like 250ms, 30s, 1m30s or 2h");
    }

    private static long part(Matcher parts, String unit) {
        String digits = parts.group(unit);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
