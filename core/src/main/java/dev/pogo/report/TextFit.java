package dev.pogo.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes text fit a width that is measured in em, the size of the font. The font is not known, so
 * widths are estimates for a wide one.
 */
final class TextFit {
    private static final String ELLIPSIS = "…";
    private static final int FIRST_BEYOND_LATIN = 0x250;

    private TextFit() {}

    /** Returns how wide a text is at most. */
    static double em(String text) {
        return text.codePoints().mapToDouble(TextFit::em).sum();
    }

    private static double em(int c) {
        if (c >= FIRST_BEYOND_LATIN && c != ELLIPSIS.codePointAt(0)) {
            return 1.3;
        }
        if ("mwMW%@…".indexOf(c) >= 0) {
            return 1;
        }
        if (" .,:;'|!()[]ijl".indexOf(c) >= 0) {
            return 0.4;
        }
        return Character.isUpperCase(c) ? 0.8 : 0.65;
    }

    /** Returns the text, or as much of its beginning as fits and an ellipsis. */
    static String shortened(String text, double em) {
        if (em(text) <= em) {
            return text;
        }
        StringBuilder start = new StringBuilder();
        double left = em - em(ELLIPSIS);
        for (int c : text.codePoints().toArray()) {
            left -= em(c);
            if (left < 0) {
                break;
            }
            start.appendCodePoint(c);
        }
        return start + ELLIPSIS;
    }

    /** Breaks a text into lines; what does not fit into the last one is left out. */
    static List<String> lines(String text, double em, int most) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : text.split(" ", -1)) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (line.isEmpty() || em(longer) <= em || lines.size() == most - 1) {
                line = longer;
            } else {
                lines.add(shortened(line, em));
                line = word;
            }
        }
        lines.add(shortened(line, em));
        return lines;
    }
}
