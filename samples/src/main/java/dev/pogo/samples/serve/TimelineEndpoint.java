package dev.pogo.samples.serve;

import dev.pogo.Pool;
import dev.pogo.PoolStats;
import dev.pogo.ScopeReport;
import dev.pogo.report.TimelineSvg;
import dev.pogo.samples.jobs.Sleep;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A page on which a person starts a fan-out and sees how it ran. */
final class TimelineEndpoint {
    private static final String PAGE = "timeline.html";
    private static final Set<String> PARAMETERS = Set.of("ms", "tasks", "pool", "deadline_ms");
    private static final int MAX_MILLIS = 60_000;
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
        call.query().ensureOnly(PARAMETERS);
        int millis = call.query().number("ms", 0, MAX_MILLIS, 100);
        int tasks = call.query().number("tasks", 1, MAX_TASKS, 8);
        Duration deadline =
                Duration.ofMillis(call.query().number("deadline_ms", 1, MAX_MILLIS, 2_000));
        String pool = call.pool();
        for (int i = 0; i < tasks; i++) {
            call.scope().spawn(pool, Sleep.class, new Sleep.Args(millis));
        }
        call.scope().settle(deadline);
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
