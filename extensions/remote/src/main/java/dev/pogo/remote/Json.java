package dev.pogo.remote;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Arrays;

/**
 * Messages: a line with a JSON object that says what is known of the job, and after it the request
 * or the response of a worker, which is JSON as well.
 */
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
                    .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private Json() {}

    /** Returns a message. */
    static byte[] message(Object header, byte @Nullable [] body) {
        try {
            byte[] line = MAPPER.writeValueAsBytes(header);
            int length = body == null ? 0 : body.length;
            byte[] message = Arrays.copyOf(line, line.length + 1 + length);
            message[line.length] = '\n';
            if (body != null) {
                System.arraycopy(body, 0, message, line.length + 1, length);
            }
            return message;
        } catch (JsonProcessingException e) {
            throw new AssertionError("records of strings and numbers", e);
        }
    }

    /**
     * Returns the header of a message.
     *
     * @throws IOException if it is not one
     */
    static <H> H header(byte[] message, Class<H> type) throws IOException {
        H header;
        try {
            header = MAPPER.readValue(message, 0, end(message), type);
        } catch (JsonProcessingException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
        if (header == null) {
            throw new IOException("its header is null");
        }
        return header;
    }

    /** Returns what follows the header. */
    static byte[] body(byte[] message) {
        return Arrays.copyOfRange(
                message, Math.min(end(message) + 1, message.length), message.length);
    }

    private static int end(byte[] message) {
        int end = 0;
        while (end < message.length && message[end] != '\n') {
            end++;
        }
        return end;
    }
}
