package dev.pogo.process.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

class HelloTest {
    private static Hello parse(String json) throws ProtocolException {
        return Hello.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void parse_ofThisVersion_isTaken() throws ProtocolException {
        assertEquals(
                new Hello(7, true),
                parse("{\"protocol_version\":1,\"pid\":7,\"capabilities\":[\"x\",\"shm\"]}"));
        assertEquals(
                new Hello(7, false),
                parse("{\"protocol_version\":1,\"pid\":7,\"capabilities\":[],\"more\":{}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"protocol_version":2}                   | protocol version 2, but this host supports 1
                    {"protocol_version":1.0}                 | protocol version 1.0, but this host supports 1
                    {"protocol_version":"1"}                 | a hello without a protocol_version that is a number
                    {}                                       | a hello without a protocol_version that is a number
                    {"protocol_version":1}                   | a hello without a pid that is a number
                    {"protocol_version":1,"pid":1}           | a hello without capabilities that are an array
                    []                                       | a hello that is not a JSON object
                    {"pid":1,"pid":2}                        | a hello that is not JSON: $: Duplicate field 'pid'
                    """)
    void parse_anythingElse_isRefused(String json, String message) {
        assertEquals(
                message, assertThrows(ProtocolException.class, () -> parse(json)).getMessage());
    }

    @Test
    void answer_isWhatTheProtocolSays() {
        assertEquals(
                "{\"protocol_version\":1,\"pool\":\"p\",\"capabilities\":[],\"max_frame\":9}",
                text(Hello.answer("p", 9, null)));
        assertEquals(
                "{\"protocol_version\":1,\"pool\":\"p\",\"capabilities\":[\"shm\"],\"max_frame\":9,"
                        + "\"shm\":{\"offset\":64,\"length\":128}}",
                text(Hello.answer("p", 9, new Region(64, 128))));
    }

    private static String text(Frame frame) {
        assertEquals(FrameType.HELLO, frame.type());
        return new String(frame.body(), StandardCharsets.UTF_8);
    }
}
