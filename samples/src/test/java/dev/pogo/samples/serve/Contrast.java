package dev.pogo.samples.serve;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** How well a text or a shape can be told from what is behind it, as WCAG 2 defines it. */
final class Contrast {
    /** What WCAG 2 asks of a text of common size. */
    static final double READABLE = 4.5;

    /** What WCAG 2 asks of a shape that has a meaning. */
    static final double VISIBLE = 3;

    private static final Pattern OPAQUE = Pattern.compile("rgb\\((\\d+), (\\d+), (\\d+)\\)");

    private Contrast() {}

    /** From 1, for equal colours, to 21, for black and white; each like {@code rgb(0, 0, 0)}. */
    static double of(String color, String other) {
        double one = luminance(color);
        double two = luminance(other);
        return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    }

    /** From 0, for black, to 1, for white. */
    static double luminance(String color) {
        MatchResult parts =
                OPAQUE.matcher(color)
                        .results()
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("not opaque: " + color));
        return 0.2126 * linear(parts.group(1))
                + 0.7152 * linear(parts.group(2))
                + 0.0722 * linear(parts.group(3));
    }

    private static double linear(String channel) {
        double part = Integer.parseInt(channel) / 255.0;
        return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }
}
