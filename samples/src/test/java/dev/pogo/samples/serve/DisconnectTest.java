package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Each test would take a minute if the sleeps went on. */
@Timeout(40)
class DisconnectTest {
    private static final String LONG_SLEEPS = "/sleep?tasks=9&ms=" + Demo.LONG_MILLIS;
    private static final Duration AMPLE = Duration.ofMinutes(5);

    @Test
    void disconnect_whileTasksRunAndWait_cancelsThem() throws Exception {
        try (Demo demo = new Demo(AMPLE, Demo.narrow(AMPLE))) {
            Socket client = demo.connect(LONG_SLEEPS);
            demo.awaitRunning(1);
            client.close();
            demo.awaitIdle();
        }
    }

    @Test
    void reset_whileTasksRun_cancelsThem() throws Exception {
        try (Demo demo = new Demo(AMPLE, Demo.narrow(AMPLE))) {
            Socket client = demo.connect(LONG_SLEEPS);
            demo.awaitRunning(1);
            client.setSoLinger(true, 0);
            client.close();
            demo.awaitIdle();
        }
    }

    @Test
    void cancelledRequest_ofHttpClient_cancelsTheTasks() throws Exception {
        try (Demo demo = new Demo(AMPLE, Demo.narrow(AMPLE))) {
            CompletableFuture<HttpResponse<String>> response = demo.getAsync(LONG_SLEEPS);
            demo.awaitRunning(1);
            response.cancel(true);
            demo.awaitIdle();
        }
    }

    @Test
    void disconnect_onLaterRequestOfAConnection_cancelsItsTasks() throws Exception {
        try (Demo demo = new Demo(AMPLE, Demo.narrow(AMPLE))) {
            Socket client = demo.connect("/sleep?ms=1");
            assertEquals(List.of(1), succeeded(client, 1));
            send(client, LONG_SLEEPS);
            demo.awaitRunning(1);
            client.close();
            demo.awaitIdle();
        }
    }

    @Test
    void disconnect_ofOneClient_leavesTheOthersAlone() throws Exception {
        try (Demo demo = new Demo(AMPLE, Demo.narrow(AMPLE))) {
            Socket client = demo.connect(LONG_SLEEPS);
            demo.awaitRunning(1);
            CompletableFuture<HttpResponse<String>> other = demo.getAsync("/sleep?ms=1&tasks=2");
            assertFalse(other.isDone());
            client.close();
            assertEquals(2, Demo.json(200, other.get()).get("succeeded").asInt());
        }
    }

    @Test
    void requestsSentAtOnce_areAnsweredInTurn() throws Exception {
        try (Demo demo = new Demo(AMPLE, Demo.narrow(AMPLE));
                Socket client = demo.connect("/sleep?ms=20&tasks=1")) {
            send(client, "/sleep?ms=1&tasks=2");
            send(client, "/sleep?ms=1&tasks=3");
            assertEquals(List.of(1, 2, 3), succeeded(client, 3));
        }
    }

    private static void send(Socket client, String path) throws IOException {
        client.getOutputStream().write(Demo.head(path));
    }

    /** How many sleeps each of the next answers tells of. */
    private static List<Integer> succeeded(Socket client, int answers) throws IOException {
        List<Integer> counts = new ArrayList<>();
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        while (counts.size() < answers) {
            assertEquals("HTTP/1.1 200 OK", lines.readLine());
            int length = 0;
            for (String line = lines.readLine(); !line.isEmpty(); line = lines.readLine()) {
                if (line.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(line.substring("Content-Length: ".length()));
                }
            }
            char[] body = new char[length];
            assertTrue(length > 0 && lines.read(body) == length);
            String json = new String(body);
            counts.add(Integer.valueOf(json.replaceFirst("(?s)^\\{\"succeeded\":(\\d+),.*", "$1")));
        }
        return counts;
    }
}
