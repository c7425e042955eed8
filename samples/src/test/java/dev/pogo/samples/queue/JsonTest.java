package dev.pogo.samples.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;

import org.junit.jupiter.api.Test;

import java.util.List;

class JsonTest {
    @Test
    void line_ofWhatWasRead_isTheSame() throws JsonProcessingException {
        assertSame("{\"a\":[1.10,12345678901234567890.12345678901234567890,null,true,\"é\"]}");
        assertSame("[".repeat(1_000) + "]".repeat(1_000));
    }

    private static void assertSame(String json) throws JsonProcessingException {
        assertEquals('[' + json + ']', Json.line(List.of(Json.read(json))));
    }

    @Test
    void line_whatIsNotPrintable_isEscaped() throws JsonProcessingException {
        assertEquals("\"\\u009b\\u007f\\n\"", Json.line(Json.read("\"\u009b\u007f\\n\"")));
    }
}
