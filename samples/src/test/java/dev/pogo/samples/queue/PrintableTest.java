package dev.pogo.samples.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void escape_whatCannotBeSeen_isWrittenAsJsonDoes() {
        assertEquals("\\u001b[2J\\u0007", Printable.escape("\u001b[2J\u0007"));
        assertEquals("a\\u000ab\\u0009\\u007f\\u009b", Printable.escape("a\nb\t\u007f\u009b"));
        assertEquals("\\u202e\\u200b\\u2028\\ud800", Printable.escape("\u202e\u200b\u2028\ud800"));
        assertEquals("é \\n 日 \ud83d\ude00", Printable.escape("é \\n 日 \ud83d\ude00"));
    }

    @Test
    void shorten_textThatIsTooLong_endsWithDotsAndSplitsNothing() {
        assertEquals("12345", Printable.shorten("12345", 5));
        assertEquals("12...", Printable.shorten("123456", 5));
        assertEquals("a...", Printable.shorten("a\u001bbcdefgh", 9));
        assertEquals("a...", Printable.shorten("a\ud83d\ude00bcd", 5));
        assertEquals("", Printable.shorten("", 3));
    }
}
