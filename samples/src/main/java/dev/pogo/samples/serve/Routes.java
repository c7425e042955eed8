package dev.pogo.samples.serve;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;

import java.util.Map;

/** Which path does what. */
final class Routes {
    private final HttpRouting.Builder routing;
    private final Requests requests;

    private Routes(HttpRouting.Builder routing, Requests requests) {
        this.routing = routing;
        this.requests = requests;
    }

    static void add(
            HttpRouting.Builder routing, Requests requests, InFlight inFlight, Handler metrics) {
        Routes routes = new Routes(routing, requests);
        routes.get("/", DemoEndpoints::fanOut);
        routes.get("/negative-timeout", DemoEndpoints::negativeTimeout);
        routes.get("/pool-size-error", DemoEndpoints::poolSizeError);
        routes.get("/sleep", SleepEndpoint::answer);
        routes.handle("/timeline", (request, response) -> TimelineEndpoint.sendPage(response));
        routes.get("/timeline/run", TimelineEndpoint::run);
        routes.get("/pools", TimelineEndpoint::pools);
        routes.handle("/metrics", metrics);
        routes.handle("/health", (request, response) -> health(inFlight).sendTo(response));
        routing.any((request, response) ->
                Answer.error(404, "there is no " + request.path().path()).sendTo(response));
    }

    private static Answer health(InFlight inFlight) {
        return inFlight.isDraining()
                ? new Answer(503, Map.of("status", "draining"))
                : Answer.ok(Map.of("status", "up"));
    }

    /** A path that runs tasks. */
    private void get(String path, Endpoint endpoint) {
        handle(path, requests.handler(endpoint));
    }

    private void handle(String path, Handler handler) {
        routing.get(path, handler);
        routing.any(
                path,
                (request, response) -> {
                    response.header(HeaderNames.ALLOW, "GET");
                    Answer.error(405, path + " is to be read by GET").sendTo(response);
                });
    }
}
