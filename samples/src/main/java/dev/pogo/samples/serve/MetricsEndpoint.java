package dev.pogo.samples.serve;

import dev.pogo.PogoRuntime;
import dev.pogo.micrometer.PogoMetrics;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** The pools' metrics as Prometheus reads them. */
final class MetricsEndpoint {
    private MetricsEndpoint() {}

    static Handler of(PogoRuntime runtime) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        PogoMetrics.of(runtime).bindTo(registry);
        return (request, response) ->
                response.header(
                                HeaderNames.CONTENT_TYPE,
                                "text/plain; version=0.0.4; charset=UTF-8")
                        .header(HeaderNames.CACHE_CONTROL, "no-store")
                        .send(registry.scrape());
    }
}
