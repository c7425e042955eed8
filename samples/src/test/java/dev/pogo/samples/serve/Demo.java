package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolStats;
import dev.pogo.samples.Eventually;
import dev.pogo.samples.jobs.SampleRuntime;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A server on a free port, and a client of it. */
final class Demo implements AutoCloseable {
    /** Longer than any test may take: what ends earlier was cancelled. */
    static final int LONG_MILLIS = 60_000;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Server server;

    Demo(Duration deadline, PogoConfig config) throws InterruptedException, IOException {
        server = Server.start("localhost", 0, deadline, config);
    }

    /** The default pools, and ample time. */
    static Demo started() throws InterruptedException, IOException {
        return new Demo(Duration.ofSeconds(30), SampleRuntime.config(null));
    }

    /** One permit in pool default. */
    static PogoConfig narrow(Duration maxWait) {
        return PogoConfig.defaults()
                .withPool(PoolConfig.named("default").withNumThreads(1).withMaxWait(maxWait));
    }

    Server server() {
        return server;
    }

    HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .build();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getAsync(String path) {
        return client.sendAsync(request(path), BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    /** A connection that has sent a request, and does no more by itself. */
    Socket connect(String path) throws IOException {
        Socket socket = new Socket("localhost", server.port());
        socket.getOutputStream().write(head(path));
        return socket;
    }

    /** A whole request, as it is sent. */
    static byte[] head(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static JsonNode json(int status, HttpResponse<String> response) throws IOException {
        assertEquals(status, response.statusCode(), response::body);
        assertEquals("application/json", response.headers().firstValue("content-type").orElse(""));
        return MAPPER.readTree(response.body());
    }

    private PoolStats stats() {
        return server.runtime().pool("default").stats();
    }

    void awaitRunning(int running) {
        Eventually.isTrue(() -> stats().running() == running, () -> stats().toString());
    }

    /** Waits until no task runs or waits. */
    void awaitIdle() {
        awaitRunning(0);
        assertEquals(0, stats().waiting());
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
    }
}
