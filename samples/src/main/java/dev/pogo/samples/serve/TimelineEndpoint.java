package dev.pogo.samples.serve;

import dev.pogo.Pool;
import dev.pogo.PoolStats;
import dev.pogo.ScopeReport;
import dev.pogo.report.TimelineSvg;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A page on which a person starts a fan-out and sees how it ran. */
final class TimelineEndpoint {
    private static final String PAGE = "timeline.html";
    private static final int MAX_TASKS = 200;

    private TimelineEndpoint() {}

    private record Run(String verdict, String svg) {}

    private record Figures(String name, PoolStats stats) {}

    static void sendPage(ServerResponse response) throws IOException {
        try (InputStream page = TimelineEndpoint.class.getResourceAsStream(PAGE)) {
            if (page == null) {
                throw new FileNotFoundException(PAGE);
            }
            response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=UTF-8")
                    .send(page.readAllBytes());
        }
    }

    /** Runs sleeps, and draws what became of them. */
    static Answer run(Call call) throws InterruptedException {
        Sleeps sleeps = Sleeps.of(call, MAX_TASKS);
        sleeps.spawnFor(call);
        call.scope().settle(sleeps.patience());
        call.scope().close(); // so that the report has the end of those that were cancelled
        ScopeReport report = call.scope().report();
        return Answer.ok(new Run(report.verdict(), TimelineSvg.of(report)));
    }

    /** The pools' figures as of now. */
    static Answer pools(Call call) {
        List<Pool> pools = call.runtime().pools();
        return Answer.ok(
                pools.stream().map(pool -> new Figures(pool.name(), pool.stats())).toList());
    }
}
