package dev.pogo.samples.serve;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;

import java.util.Set;

/**
 * HTTP/1.1 connections, each of which knows its {@link Client}. To be the only selector of a
 * listener: others would have to read before it is decided whose connection it is.
 */
final class Connections implements ServerConnectionSelector {
    private final Http1ConnectionSelector http =
            Http1ConnectionSelector.builder().config(Http1Config.create()).build();

    /** Each connection has a thread of its own, which calls the handlers of its requests too. */
    @SuppressWarnings("ThreadLocalUsage") // it is this listener's, and its threads end before it
    private final ThreadLocal<Client> clients = new ThreadLocal<>();

    /** The client of the connection that the calling thread serves. */
    Client current() {
        return clients.get();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        Client client = new Client(() -> context.serverSocket().get());
        clients.set(client);
        return http.connection(new ClientContext(context, client));
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }
}
