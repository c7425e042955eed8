package dev.pogo.json;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of memory in the notation of the configuration file. */
public final class ByteSizes {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})(B|KB|MB|GB)");

    private ByteSizes() {}

    /**
     * Parses an amount such as {@code 512KB}, {@code 64MB} or {@code 1GB}; a KB has 1,024 bytes.
     *
     * @param text the text to parse
     * @return the number of bytes
     * @throws IllegalArgumentException if the text is anything else
     */
    public static long parse(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new IllegalArgumentException(
                    "is not an amount of memory; write it like 512KB, 64MB or 1GB");
        }
        long unit =
                switch (size.group(2)) {
                    case "KB" -> 1L << 10;
                    case "MB" -> 1L << 20;
                    case "GB" -> 1L << 30;
                    default -> 1;
                };
        return Long.parseLong(size.group(1)) * unit;
    }

    /**
     * Returns an amount in the notation that {@link #parse} accepts.
     *
     * @param bytes the number of bytes, not negative
     * @return the text, in the largest unit of which the amount is a whole number
     */
    public static String describe(long bytes) {
        String[] units = {"B", "KB", "MB", "GB"};
        int unit = 0;
        long number = bytes;
        while (unit < units.length - 1 && number != 0 && number % 1024 == 0) {
            number /= 1024;
            unit++;
        }
        return number + units[unit];
    }
}
