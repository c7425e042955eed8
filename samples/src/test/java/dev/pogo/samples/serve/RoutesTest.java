package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

class RoutesTest {
    private static final String SHA256 =
            "27aba2a5f8b99e12f9a58c2c2a48506491456313cd98970d73ab071f8e061545";

    @Test
    void root_plain_fansOut() throws Exception {
        try (Demo demo = Demo.started()) {
            HttpResponse<String> response = demo.get("/");
            long elapsed = Demo.json(200, response).get("elapsed_ms").asLong();
            // a machine that stands still for a moment says nothing of the server
            for (int tries = 1; elapsed >= 500 && tries < 5; tries++) {
                response = demo.get("/");
                elapsed = Demo.json(200, response).get("elapsed_ms").asLong();
            }
            assertTrue(250 <= elapsed && elapsed < 500, response.body());
            assertEquals(
                    "{\"workers\":{\"default\":4,\"cpu\":2},\"results\":["
                            + "{\"name\":\"first\",\"slept_ms\":250},"
                            + "{\"name\":\"second\",\"slept_ms\":250},"
                            + "{\"value\":\"pogo\",\"sha256\":\""
                            + SHA256
                            + "\"}],\"elapsed_ms\":"
                            + elapsed
                            + "}",
                    response.body());
        }
    }

    @Test
    void mistakes_plain_areTold() throws Exception {
        try (Demo demo = Demo.started()) {
            assertEquals(
                    "{\"caught_invalid_timeout\":true,"
                            + "\"result\":{\"name\":\"Sleep\",\"slept_ms\":25}}",
                    demo.get("/negative-timeout").body());
            JsonNode unknown = Demo.json(200, demo.get("/pool-size-error"));
            assertTrue(unknown.get("caught_unknown_pool").asBoolean());
            assertEquals(
                    "unknown Pogo pool \"missing\"; known pools: default, cpu (from built-in"
                            + " defaults)",
                    unknown.get("message").asText());
        }
    }

    @Test
    void metrics_afterAFanOut_haveItsTasks() throws Exception {
        try (Demo demo = Demo.started()) {
            String name = "pogo_tasks_total{outcome=\"succeeded\",pool=\"default\"}";
            double before = metric(demo, name);
            Demo.json(200, demo.get("/"));
            assertEquals(before + 2, metric(demo, name));
            assertEquals(2, metric(demo, "pogo_pool_size{pool=\"cpu\"}"));
        }
    }

    private static double metric(Demo demo, String name) throws Exception {
        HttpResponse<String> metrics = demo.get("/metrics");
        assertEquals(200, metrics.statusCode());
        assertEquals(
                "text/plain; version=0.0.4; charset=UTF-8",
                metrics.headers().firstValue("content-type").orElse(""));
        String line =
                metrics.body().lines().filter(one -> one.startsWith(name)).findFirst().orElse("");
        return Double.parseDouble(line.substring(name.length()));
    }

    @Test
    void pools_afterAFanOut_haveTheirFigures() throws Exception {
        try (Demo demo = Demo.started()) {
            Demo.json(200, demo.get("/"));
            JsonNode first = Demo.json(200, demo.get("/pools")).get(0);
            assertEquals("default", first.get("name").asText());
            JsonNode stats = first.get("stats");
            assertTrue(stats.get("succeeded").asInt() >= 2, stats::toString);
            double longest = stats.get("runs").get("max").asDouble();
            assertTrue(longest >= 0.25 && longest < 20, stats::toString);
        }
    }

    @Test
    void timeline_page_needsNothingFromElsewhere() throws Exception {
        try (Demo demo = Demo.started()) {
            HttpResponse<String> page = demo.get("/timeline");
            assertEquals(200, page.statusCode());
            assertEquals(
                    "text/html; charset=UTF-8",
                    page.headers().firstValue("content-type").orElse(""));
            assertFalse(page.body().contains("//"), page::body);
        }
    }

    @Test
    void timeline_run_drawsWhatBecameOfTheTasks() throws Exception {
        try (Demo demo = Demo.started()) {
            JsonNode run =
                    Demo.json(
                            200,
                            demo.get(
                                    "/timeline/run?tasks=6&deadline_ms=50&ms=" + Demo.LONG_MILLIS));
            assertTrue(run.get("svg").asText().startsWith("<svg "), run::toString);
            assertTrue(run.get("verdict").asText().endsWith("; 6 cancelled"), run::toString);
            double deadline = run.get("deadline_ms").asDouble();
            assertTrue(deadline <= 50, run::toString);
            assertTrue(run.get("elapsed_ms").asDouble() >= deadline, run::toString);
            assertEquals(6, run.get("tasks").size());
            JsonNode last = run.at("/tasks/5");
            assertTrue(last.get("label").asText().startsWith("Sleep#"), last::toString);
            assertEquals("default", last.get("pool").asText());
            assertEquals("cancelled", last.get("state").asText());
            assertEquals("scope_deadline", last.get("reason").asText());
            assertTrue(last.get("ended_ms").asDouble() >= deadline, last::toString);
            demo.awaitIdle();
            JsonNode pools = Demo.json(200, demo.get("/pools"));
            assertEquals("default", pools.at("/0/name").asText());
            assertEquals(4, pools.at("/0/stats/size").asInt());
            assertEquals(0, pools.at("/0/stats/running").asInt());
        }
    }

    @Test
    void sleep_tasksAndDeadline_countsWhatBecameOfThem() throws Exception {
        try (Demo demo = Demo.started()) {
            assertTally(3, 0, Demo.json(200, demo.get("/sleep?ms=1&tasks=3&pool=cpu")));
            JsonNode late =
                    Demo.json(
                            200, demo.get("/sleep?tasks=5&deadline_ms=20&ms=" + Demo.LONG_MILLIS));
            assertTally(0, 5, late);
            assertEquals("AWAIT_TIMED_OUT", late.at("/cancelled_tasks/0/reason").asText());
            demo.awaitIdle();
        }
    }

    @Test
    void sleep_wrongParameters_isRefused() throws Exception {
        try (Demo demo = Demo.started()) {
            assertError(
                    "parameter 'ms' must be a whole number from 0 to 60000, but is '-1'",
                    Demo.json(400, demo.get("/sleep?ms=-1")));
            assertError(
                    "parameter 'tasks' must be a whole number from 1 to 1000, but is 'many'",
                    Demo.json(400, demo.get("/sleep?tasks=many")));
            assertError(
                    "parameter 'deadline_ms' must be a whole number from 1 to 60000, but is"
                            + " '99999999999'",
                    Demo.json(400, demo.get("/sleep?deadline_ms=99999999999")));
            assertError(
                    "unknown Pogo pool \"db\"; known pools: default, cpu (from built-in defaults)",
                    Demo.json(400, demo.get("/sleep?pool=db")));
            assertError(
                    "unknown parameter 'mss'; there are deadline_ms, ms, pool, tasks",
                    Demo.json(400, demo.get("/sleep?mss=1")));
            assertError(
                    "parameter 'ms' must occur once", Demo.json(400, demo.get("/sleep?ms=1&ms=2")));
        }
    }

    @Test
    void otherPathsAndMethods_areRefused() throws Exception {
        try (Demo demo = Demo.started()) {
            assertError("there is no /none", Demo.json(404, demo.get("/none")));
            HttpResponse<String> posted =
                    demo.send(
                            HttpRequest.newBuilder(demo.request("/sleep").uri())
                                    .POST(BodyPublishers.ofString("ms=1"))
                                    .build());
            assertError("/sleep is to be read by GET", Demo.json(405, posted));
            assertEquals("GET", posted.headers().firstValue("allow").orElse(""));
        }
    }

    @Test
    void requestDeadline_passed_cancelsAndNamesTheTasks() throws Exception {
        try (Demo demo = new Demo(Duration.ofMillis(100), Demo.narrow(Duration.ofSeconds(30)))) {
            JsonNode late = Demo.json(504, demo.get("/sleep?tasks=12&ms=" + Demo.LONG_MILLIS));
            assertTrue(
                    late.get("error")
                            .asText()
                            .startsWith("no outcome by the deadline of its scope"),
                    late::toString);
            assertTally(0, 12, late);
            assertEquals(10, late.get("cancelled_tasks").size());
            JsonNode first = late.at("/cancelled_tasks/0");
            assertEquals("Sleep", first.get("task").asText());
            assertEquals("default", first.get("pool").asText());
            assertEquals("SCOPE_DEADLINE", first.get("reason").asText());
            demo.awaitIdle();
        }
    }

    @Test
    void saturatedPool_isUnavailable() throws Exception {
        try (Demo demo = new Demo(Duration.ofSeconds(30), Demo.narrow(Duration.ofMillis(20)))) {
            CompletableFuture<HttpResponse<String>> first =
                    demo.getAsync("/sleep?deadline_ms=5000&ms=" + Demo.LONG_MILLIS);
            demo.awaitRunning(1);
            JsonNode refused = Demo.json(503, demo.get("/sleep?tasks=2"));
            assertTrue(
                    refused.get("error").asText().startsWith("no permit within max_wait"),
                    refused::toString);
            assertEquals(2, refused.get("saturated").asInt());
            assertTrue(!first.isDone(), first::toString);
        }
    }

    private static void assertTally(int succeeded, int cancelled, JsonNode json) {
        assertEquals(succeeded, json.get("succeeded").asInt(), json::toString);
        assertEquals(cancelled, json.get("cancelled").asInt(), json::toString);
        assertEquals(0, json.get("saturated").asInt(), json::toString);
        assertEquals(0, json.get("failed").asInt(), json::toString);
    }

    private static void assertError(String message, JsonNode json) {
        assertEquals(message, json.get("error").asText());
    }
}
