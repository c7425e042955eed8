package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Looks at what an exception tells its reader. */
public final class Messages {
    private Messages() {}

    public static void assertStarts(String expected, Throwable e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith(expected), e.getMessage());
    }

    public static void assertContains(String expected, Throwable e) {
        assertContains(expected, String.valueOf(e.getMessage()));
    }

    public static void assertContains(String expected, String message) {
        assertTrue(message.contains(expected), message);
    }

    public static void assertMatches(String regex, Throwable e) {
        assertTrue(String.valueOf(e.getMessage()).matches(regex), e.getMessage());
    }
}
