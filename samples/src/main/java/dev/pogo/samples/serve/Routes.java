package dev.pogo.samples.serve;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;

/** Which path does what. */
final class Routes {
    private final HttpRouting.Builder routing;
    private final Requests requests;

    private Routes(HttpRouting.Builder routing, Requests requests) {
        this.routing = routing;
        this.requests = requests;
    }

    static void add(HttpRouting.Builder routing, Requests requests) {
        Routes routes = new Routes(routing, requests);
        routes.get("/", DemoEndpoints::fanOut);
        routes.get("/negative-timeout", DemoEndpoints::negativeTimeout);
        routes.get("/pool-size-error", DemoEndpoints::poolSizeError);
        routes.get("/sleep", SleepEndpoint::answer);
        routing.any((request, response) ->
                Answer.error(404, "there is no " + request.path().path()).sendTo(response));
    }

    private void get(String path, Endpoint endpoint) {
        routing.get(path, requests.handler(endpoint));
        routing.any(
                path,
                (request, response) -> {
                    response.header(HeaderNames.ALLOW, "GET");
                    Answer.error(405, path + " is to be read by GET").sendTo(response);
                });
    }
}
