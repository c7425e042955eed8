package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

@Timeout(40)
class DrainTest {
    private static final String LONG_SLEEP = "/sleep?ms=" + Demo.LONG_MILLIS;
    private static final Duration AMPLE = Duration.ofMinutes(5);

    @Test
    void drain_requestThatEnds_isAnswered() throws Exception {
        try (Demo demo = Demo.started()) {
            CompletableFuture<HttpResponse<String>> running =
                    demo.getAsync("/sleep?deadline_ms=500&ms=" + Demo.LONG_MILLIS);
            demo.awaitRunning(1);
            assertEquals(1, demo.server().refuse());
            assertEquals(0, demo.server().drain(AMPLE));
            assertEquals(1, Demo.json(200, running.get()).get("cancelled").asInt());
        }
    }

    @Test
    void drain_requestThatDoesNotEnd_isCancelledAndTold() throws Exception {
        try (Demo demo = new Demo(AMPLE, Demo.narrow(AMPLE))) {
            CompletableFuture<HttpResponse<String>> running = demo.getAsync(LONG_SLEEP);
            demo.awaitRunning(1);
            assertEquals(1, demo.server().drain(Duration.ofMillis(10)));
            JsonNode cancelled = Demo.json(503, running.get());
            assertEquals("RUNTIME_CLOSED", cancelled.at("/cancelled_tasks/0/reason").asText());
            demo.awaitIdle();
        }
    }

    @Test
    void draining_newRequests_areRefused() throws Exception {
        try (Demo demo = Demo.started()) {
            assertEquals("{\"status\":\"up\"}", demo.get("/health").body());
            CompletableFuture<HttpResponse<String>> running = demo.getAsync(LONG_SLEEP);
            demo.awaitRunning(1);
            assertEquals(1, demo.server().refuse());
            JsonNode health = Demo.json(503, demo.get("/health"));
            assertEquals("draining", health.get("status").asText());
            HttpResponse<String> refused = demo.get("/sleep?ms=1");
            assertEquals("draining", Demo.json(503, refused).get("error").asText());
            assertEquals("close", refused.headers().firstValue("connection").orElse(""));
            assertFalse(running.isDone());
        }
    }

    @Test
    void drain_idleServer_endsAtOnceAndListensNoMore() throws Exception {
        try (Demo demo = Demo.started()) {
            assertEquals(0, demo.server().refuse());
            assertEquals(0, demo.server().drain(AMPLE));
            assertThrows(IOException.class, () -> demo.get("/health"));
        }
    }
}
