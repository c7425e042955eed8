package dev.pogo.samples.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param status the HTTP status
 * @param body what Jackson makes the JSON of
 */
record Answer(int status, Object body) {
    /** Durations become seconds, with a fraction. */
    private static final ObjectMapper MAPPER =
            new ObjectMapper().registerModule(new JavaTimeModule());

    static Answer ok(Object body) {
        return new Answer(200, body);
    }

    static Answer error(int status, String message) {
        return new Answer(status, Map.of("error", message));
    }

    void sendTo(ServerResponse response) throws JsonProcessingException {
        byte[] json = MAPPER.writeValueAsBytes(body);
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .send(json);
    }
}
