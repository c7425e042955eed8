package dev.pogo.samples.queue;

/** Text from outside that is safe to print: it could steer the terminal or look like a new line. */
final class Printable {
    private static final String CUT = "...";

    private Printable() {}

    /**
     * Returns the text with control characters, and those that change the direction or cannot be
     * seen, written as {@code \}{@code u001b}. What was JSON without line breaks stays the same
     * JSON.
     */
    static String escape(String text) {
        return shorten(text, Integer.MAX_VALUE);
    }

    /**
     * Returns the {@linkplain #escape escaped} text or its beginning.
     *
     * @param most the maximum number of characters of the result, at least 3
     */
    static String shorten(String text, int most) {
        StringBuilder shown = new StringBuilder();
        int cut = 0;
        int next;
        for (int i = 0; i < text.length(); i += Character.charCount(next)) {
            next = text.codePointAt(i);
            append(shown, next);
            if (shown.length() > most) {
                shown.setLength(cut);
                return shown.append(CUT).toString();
            }
            if (shown.length() <= most - CUT.length()) {
                cut = shown.length();
            }
        }
        return shown.toString();
    }

    private static void append(StringBuilder shown, int character) {
        switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> {
                for (char unit : Character.toChars(character)) {
                    shown.append("\\u%04x".formatted((int) unit));
                }
            }
            default -> shown.appendCodePoint(character);
        }
    }
}
