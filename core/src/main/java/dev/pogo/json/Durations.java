package dev.pogo.json;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and formats durations in human-readable form, for the configuration file and messages. */
public final class Durations {
    private static final Pattern PARTS =
            Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:(\\d+)s)?(?:(\\d+)ms)?");

    /** About 146 years; a longer duration could not be added to {@link System#nanoTime()}. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE >> 1);

    private Durations() {}

    /**
     * Parses a duration such as {@code 250ms}, {@code 30s}, {@code 1m30s} or {@code 2h}: whole
     * numbers with the units h, m, s and ms, each at most once and from the largest to the
     * smallest.
     *
     * @param text the text to parse
     * @return the duration, possibly zero
     * @throws IllegalArgumentException if the text is anything else, or longer than about 146 years
     */
    public static Duration parse(String text) {
        Matcher parts = PARTS.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException(
                    "is not a duration; write it like 250ms, 30s, 1m30s or 2h");
        }
        try {
            Duration duration =
                    Duration.ofHours(part(parts, 1))
                            .plusMinutes(part(parts, 2))
                            .plusSeconds(part(parts, 3))
                            .plusMillis(part(parts, 4));
            if (duration.compareTo(LONGEST) > 0) {
                throw tooLong(null);
            }
            return duration;
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw tooLong(tooLarge);
        }
    }

    private static IllegalArgumentException tooLong(@Nullable Throwable cause) {
        return new IllegalArgumentException("is too long; the maximum is about 146 years", cause);
    }

    private static long part(Matcher parts, int group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /**
     * Formats a duration as {@link #parse} reads it: {@code 250ms}, {@code 30s}, {@code 1m30s}.
     * What cannot be written so, zero and parts of a millisecond, is {@linkplain #describe
     * described}.
     *
     * @param duration the duration to format, not negative
     * @return the text
     */
    public static String format(Duration duration) {
        if (duration.isZero() || duration.toNanosPart() % 1_000_000 != 0) {
            return describe(duration);
        }
        StringBuilder text = new StringBuilder();
        appendPart(text, duration.toHours(), "h");
        appendPart(text, duration.toMinutesPart(), "m");
        appendPart(text, duration.toSecondsPart(), "s");
        appendPart(text, duration.toMillisPart(), "ms");
        return text.toString();
    }

    private static void appendPart(StringBuilder text, long number, String unit) {
        if (number != 0) {
            text.append(number).append(unit);
        }
    }

    /**
     * Formats a duration for messages: {@code 0.3 ms}, {@code 250 ms}, {@code 5.000 s}.
     *
     * @param duration the duration to format
     * @return the text, with a resolution of about a thousandth
     */
    public static String describe(Duration duration) {
        double millis = duration.getSeconds() * 1e3 + duration.getNano() / 1e6;
        if (millis == 0) {
            return "0 ms";
        }
        if (Math.abs(millis) < 10) {
            return String.format(Locale.ROOT, "%.1f ms", millis);
        }
        return Math.abs(millis) < 1_000
                ? String.format(Locale.ROOT, "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.3f s", millis / 1e3);
    }
}
