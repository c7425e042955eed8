package dev.pogo.samples.serve;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.time.Duration;
import java.util.List;

/**
 * Runs each request in a scope of its own, so that none of its tasks outlives it; nor do they
 * outlive the client, whose going interrupts whatever the request awaits.
 */
final class Requests {
    private static final Answer DRAINING = Answer.error(503, "draining");

    private final PogoRuntime runtime;
    private final Duration deadline;
    private final Connections connections;
    private final InFlight inFlight;

    Requests(PogoRuntime runtime, Duration deadline, Connections connections, InFlight inFlight) {
        this.runtime = runtime;
        this.deadline = deadline;
        this.connections = connections;
        this.inFlight = inFlight;
    }

    /** What runs the endpoint for a request, on the thread of the request's connection. */
    Handler handler(Endpoint endpoint) {
        return (request, response) -> handle(endpoint, request, response);
    }

    private void handle(Endpoint endpoint, ServerRequest request, ServerResponse response)
            throws Exception {
        if (!inFlight.enter()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
            DRAINING.sendTo(response);
            return;
        }
        try {
            Query query = new Query(request.query());
            connections.current().whileConnected(() -> inScope(endpoint, query)).sendTo(response);
        } finally {
            inFlight.leave();
        }
    }

    /** The answer is sent after the scope is closed: what it says of the tasks is final. */
    private Answer inScope(Endpoint endpoint, Query query) throws InterruptedException {
        try (PogoScope scope = runtime.open(deadline)) {
            try {
                return endpoint.answer(new Call(query, runtime, scope, deadline));
            } catch (InterruptedException | IllegalStateException e) {
                throw e;
            } catch (Exception e) {
                return Failures.answer(e, scope.settle(Duration.ZERO));
            }
        } catch (IllegalStateException e) {
            // The drain may have closed the runtime since this request was let in.
            return inFlight.isDraining() ? DRAINING : Failures.answer(e, List.of());
        }
    }
}
