package dev.pogo.samples.serve;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.samples.SampleRuntime;

import io.helidon.webserver.WebServer;

import java.time.Duration;

/** The life of the server: a runtime, and what listens for requests to it. */
final class Server implements AutoCloseable {
    private final PogoRuntime runtime;
    private final WebServer web;

    private Server(PogoRuntime runtime, WebServer web) {
        this.runtime = runtime;
        this.web = web;
    }

    /**
     * Starts a server.
     *
     * @param host the name or address to listen at
     * @param port the port to listen at, or 0 for any
     * @param deadline what a request may take
     * @param config its pools
     */
    static Server start(String host, int port, Duration deadline, PogoConfig config)
            throws InterruptedException {
        PogoRuntime runtime = PogoRuntime.start(config);
        try {
            SampleRuntime.loadClasses(runtime);
            Connections connections = new Connections();
            Requests requests = new Requests(runtime, deadline, connections);
            WebServer web =
                    WebServer.builder()
                            .host(host)
                            .port(port)
                            .shutdownHook(false)
                            .protocolsDiscoverServices(false)
                            // Only waiting for a request is limited, which the idle timeout does.
                            .connectionOptions(socket -> socket.readTimeout(Duration.ZERO))
                            .addConnectionSelector(connections)
                            .routing(routing -> Routes.add(routing, requests))
                            .build()
                            .start();
            return new Server(runtime, web);
        } catch (RuntimeException | InterruptedException e) {
            runtime.close();
            throw e;
        }
    }

    /** The port that it listens at. */
    int port() {
        return web.port();
    }

    PogoRuntime runtime() {
        return runtime;
    }

    /** Cancels what is running, and stops. */
    @Override
    public void close() {
        runtime.close();
        web.stop();
    }
}
