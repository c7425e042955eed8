package dev.pogo.samples.serve;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.samples.jobs.SampleRuntime;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;

import java.io.IOException;
import java.time.Duration;

/** The life of the server: a runtime, and what listens for requests to it. */
final class Server implements AutoCloseable {
    private static final Duration ANSWERING = Duration.ofSeconds(1);

    private final PogoRuntime runtime;
    private final InFlight inFlight;
    private final WebServer web;
    private final int port;

    private Server(PogoRuntime runtime, InFlight inFlight, WebServer web) {
        this.runtime = runtime;
        this.inFlight = inFlight;
        this.web = web;
        this.port = web.port();
    }

    /**
     * Starts a server.
     *
     * @param host the name or address to listen at
     * @param port the port to listen at, or 0 for any
     * @param deadline what a request may take
     * @param config its pools
     * @throws IOException if it cannot listen there
     */
    static Server start(String host, int port, Duration deadline, PogoConfig config)
            throws InterruptedException, IOException {
        PogoRuntime runtime = PogoRuntime.start(config);
        try {
            SampleRuntime.loadClasses(runtime);
            InFlight inFlight = new InFlight();
            Connections connections = new Connections();
            Handler metrics = MetricsEndpoint.of(runtime);
            Requests requests = new Requests(runtime, deadline, connections, inFlight);
            WebServer web =
                    WebServer.builder()
                            .host(host)
                            .port(port)
                            .shutdownHook(false)
                            .protocolsDiscoverServices(false)
                            // Only waiting for a request is limited, which the idle timeout does.
                            .connectionOptions(socket -> socket.readTimeout(Duration.ZERO))
                            .addConnectionSelector(connections)
                            .routing(routing -> Routes.add(routing, requests, inFlight, metrics))
                            .build()
                            .start();
            // It does not throw if it cannot listen, but logs that and is stopped.
            if (!web.isRunning()) {
                throw new IOException("cannot listen on %s:%d".formatted(host, port));
            }
            return new Server(runtime, inFlight, web);
        } catch (RuntimeException | InterruptedException | IOException e) {
            runtime.close();
            throw e;
        }
    }

    /** The port that it listens at. */
    int port() {
        return port;
    }

    PogoRuntime runtime() {
        return runtime;
    }

    /**
     * Begins to drain: from now on requests are refused, though not connections, so that whoever
     * asks for the health learns of it.
     *
     * @return how many requests are running
     */
    int refuse() {
        return inFlight.refuse();
    }

    /**
     * Drains: lets the running requests end, cancels those that do not, and stops.
     *
     * @param limit how long to wait for their ends
     * @return how many had to be cancelled
     */
    int drain(Duration limit) throws InterruptedException {
        refuse();
        int left = inFlight.awaitNone(limit);
        runtime.close();
        // They have ended by now, and are about to tell their clients.
        inFlight.awaitNone(ANSWERING);
        web.stop();
        return left;
    }

    /** Cancels what is running, and stops. */
    @Override
    public void close() {
        runtime.close();
        web.stop();
    }
}
