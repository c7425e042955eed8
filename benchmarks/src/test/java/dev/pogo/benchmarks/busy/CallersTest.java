package dev.pogo.benchmarks.busy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be said on the command line. */
class CallersTest {
    @Test
    void parse_kindAndNumber_areThose() {
        assertEquals(new Callers(true, 1_000), Callers.parse("virtual:1000"));
        assertEquals(new Callers(false, 16), Callers.parse("platform:16"));
        assertEquals("platform:16", Callers.parse("platform:16").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "virtual", "virtual:", "virtual:0", "green:1", "platform:1:2"})
    void parse_somethingElse_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Callers.parse(text));
    }
}
