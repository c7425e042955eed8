package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names and numbers by which other languages know results, states and deliveries. */
class QueueJsonTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static void assertJson(String expected, Object value) throws IOException {
        assertEquals(expected, JSON.writeValueAsString(value));
    }

    @Test
    void codes_areTheirNumbers() throws IOException {
        assertEquals(
                List.of(
                        "QUEUE_FULL 0",
                        "ACCEPTED 1",
                        "WORKER_UNAVAILABLE 2",
                        "PAYLOAD_TOO_LARGE 3",
                        "SHUTTING_DOWN 4",
                        "BACKEND_FAILURE 5",
                        "QUEUE_UNKNOWN 6",
                        "DELIVERY_UNKNOWN 7"),
                Arrays.stream(QueueCode.values()).map(code -> code + " " + code.number()).toList());
        assertJson("[0,1,2,3,4,5,6,7]", QueueCode.values());
        assertEquals(QueueCode.SHUTTING_DOWN, JSON.readValue("4", QueueCode.class));
    }

    @Test
    void pushResult_hasItsNames() throws IOException {
        assertJson(
                "{\"ok\":true,\"id\":\"1-2\",\"code\":1,\"message\":\"accepted\"}",
                PushResult.accepted("1-2"));
        assertJson(
                "{\"ok\":true,\"id\":\"1-2\",\"code\":1,"
                        + "\"message\":\"accepted before, as message 1-2, by its key\"}",
                PushResult.duplicate("1-2"));
        assertJson(
                "{\"ok\":false,\"id\":null,\"code\":0,\"message\":\"full\"}",
                PushResult.refused(QueueCode.QUEUE_FULL, "full"));
    }

    @Test
    void status_hasItsNames_andTheOrderOfTheConfiguration() throws IOException {
        QueueCounts counts = new QueueCounts(1, 2, 3, 4, 5, 6, 7, 8, 9);
        Map<String, QueueCounts> queues = new LinkedHashMap<>();
        queues.put("z", counts);
        queues.put("a", counts);
        String numbers =
                "{\"pending\":1,\"delayed\":2,\"reserved\":3,\"failed\":4,\"enqueued\":5,"
                        + "\"acked\":6,\"released\":7,\"backend_errors\":8,"
                        + "\"max_payload_bytes\":9}";
        assertJson(
                "{\"ready\":true,\"queues\":{\"z\":" + numbers + ",\"a\":" + numbers + "}}",
                new QueueStatus(true, queues));
    }

    @Test
    void deadLetter_hasItsNames_andItsPayloadAsItIs() throws IOException {
        assertJson(
                "{\"id\":\"1-2\",\"payload\":{\"a\":[1.10]},\"reason\":\"no\",\"attempts\":3,"
                        + "\"pushed_at\":4,\"first_failed_at\":5,\"last_failed_at\":6}",
                new DeadLetter("1-2", "{\"a\":[1.10]}", "no", 3, 4, 5, 6));
    }

    @Test
    void delivery_hasItsNames_thereAndBack() throws IOException {
        Delivery<Object> delivery = new Delivery<>("mail", "1-2", "3-4", 5, 6, Map.of("a", 7));
        String json =
                "{\"queue\":\"mail\",\"id\":\"1-2\",\"delivery_id\":\"3-4\",\"attempt\":5,"
                        + "\"pushed_at\":6,\"payload\":{\"a\":7}}";
        assertJson(json, delivery);
        assertEquals(delivery, JSON.readValue(json, Delivery.class));
    }
}
