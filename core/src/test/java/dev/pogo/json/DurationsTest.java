package dev.pogo.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S",
        "30s, PT30S",
        "1m30s, PT1M30S",
        "2h, PT2H",
        "1h2m3s4ms, PT1H2M3.004S",
        "90m, PT1H30M",
        "5m10ms, PT5M0.01S",
        "0s, PT0S",
    })
    void parse_wellFormed_givesTheDuration(String text, String iso) {
        assertEquals(Duration.parse(iso), Durations.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "5", "5 s", "-5s", "+5s", "1.5s", "5S", "s", "5s1m", "1s1s", "5d", "PT5S",
                "5s ", "٥s"
            })
    void parse_anythingElse_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "99999999999999999999s",
                "9223372036854775807h",
                "99999999999999h",
                "1281024h"
            })
    void parse_tooLong_isRefused(String text) {
        assertEquals(
                "is too long; the maximum is about 146 years",
                assertThrows(IllegalArgumentException.class, () -> Durations.parse(text))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "PT0.25S, 250ms",
        "PT30S, 30s",
        "PT1M30S, 1m30s",
        "PT90M, 1h30m",
        "PT1H2M3.004S, 1h2m3s4ms",
        "PT240H, 240h",
        "PT0S, 0 ms",
        "PT0.0015S, 1.5 ms",
    })
    void format_anyDuration_isAsItIsParsed(String iso, String text) {
        assertEquals(text, Durations.format(Duration.parse(iso)));
    }

    @Test
    void describe_anyLength_isShort() {
        assertEquals("0 ms", Durations.describe(Duration.ZERO));
        assertEquals("0.3 ms", Durations.describe(Duration.ofNanos(312_000)));
        assertEquals("250 ms", Durations.describe(Duration.ofMillis(250)));
        assertEquals("5.000 s", Durations.describe(Duration.ofSeconds(5)));
        assertEquals("86400.000 s", Durations.describe(Duration.ofDays(1)));
    }
}
