package dev.pogo.samples.serve;

import com.fasterxml.jackson.annotation.JsonProperty;

import dev.pogo.PogoScope;
import dev.pogo.Pool;
import dev.pogo.PoolStats;
import dev.pogo.ScopeReport;
import dev.pogo.TaskReport;
import dev.pogo.report.TimelineSvg;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A page on which a person starts a fan-out and sees how it ran. */
final class TimelineEndpoint {
    private static final String PAGE = "timeline.html";
    private static final int MAX_TASKS = 200;

    private TimelineEndpoint() {}

    /**
     * A run, with times in milliseconds from its first spawn on.
     *
     * @param deadline when the tasks that had not ended were cancelled
     * @param svg the whole as a picture
     */
    private record Run(
            String verdict,
            @JsonProperty("elapsed_ms") double elapsed,
            @JsonProperty("deadline_ms") double deadline,
            List<Row> tasks,
            String svg) {}

    /** A task of a run. */
    private record Row(
            String label,
            String pool,
            @JsonProperty("spawned_ms") double spawned,
            @JsonProperty("started_ms") double started,
            @JsonProperty("ended_ms") double ended,
            String state,
            @Nullable String reason) {
        static Row of(TaskReport task) {
            return new Row(
                    task.label(),
                    task.pool(),
                    millis(task.spawned()),
                    millis(task.started()),
                    millis(task.ended()),
                    task.state().name().toLowerCase(Locale.ROOT),
                    task.cancelReason()
                            .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                            .orElse(null));
        }
    }

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

    /** Runs sleeps in a scope whose deadline the client chooses, and tells how they ran. */
    static Answer run(Call call) throws InterruptedException {
        Sleeps sleeps = Sleeps.of(call, MAX_TASKS);
        PogoScope closed;
        try (PogoScope scope = call.runtime().open(sleeps.patience())) {
            sleeps.spawnIn(scope);
            scope.settle(sleeps.patience());
            closed = scope;
        }
        // Made now, so that it has the end of those that were cancelled.
        ScopeReport report = closed.report();
        return Answer.ok(
                new Run(
                        report.verdict(),
                        millis(report.elapsed()),
                        millis(report.deadline().orElseThrow()),
                        report.tasks().stream().map(Row::of).toList(),
                        TimelineSvg.of(report)));
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }

    /** The pools' figures as of now. */
    static Answer pools(Call call) {
        List<Pool> pools = call.runtime().pools();
        return Answer.ok(
                pools.stream().map(pool -> new Figures(pool.name(), pool.stats())).toList());
    }
}
