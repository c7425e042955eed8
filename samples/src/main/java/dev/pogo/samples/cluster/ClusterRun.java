package dev.pogo.samples.cluster;

import dev.pogo.Task;
import dev.pogo.remote.RemoteJobException;
import dev.pogo.samples.jobs.Render;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A fan-out during which a host was killed, as the sample prints it.
 *
 * @param rows its tasks
 * @param elapsed how long all of it took
 * @param killed the host
 * @param killedAt after how many nanoseconds the host was killed
 */
record ClusterRun(List<Row> rows, Duration elapsed, HostProcess killed, long killedAt) {
    private static final int MAX_ROWS = 40;
    private static final int MAX_FAILURE = 80;
    private static final int HASH_CHARS = 8;

    /**
     * A task.
     *
     * @param task the task, which has ended
     * @param spawnedAt after how many nanoseconds it was spawned
     */
    record Row(Task<Render.Rendered> task, long spawnedAt) {
        boolean succeeded() {
            return task.state() == Task.State.SUCCEEDED;
        }

        Duration took() {
            return task.waited().plus(task.ran());
        }

        long endedAt() {
            return spawnedAt + took().toNanos();
        }

        /** Why it has no response, if that is so. */
        Optional<RemoteJobException> remoteFailure() {
            Throwable at = task.failure().orElse(null);
            while (at != null && !(at instanceof RemoteJobException)) {
                at = at.getCause();
            }
            return Optional.ofNullable((RemoteJobException) at);
        }

        String detail() {
            if (succeeded()) {
                Render.Rendered page = task.result();
                return "by %s, SHA-256 %s..."
                        .formatted(page.host(), page.sha256().substring(0, HASH_CHARS));
            }
            return remoteFailure()
                    .map(e -> e.reason() + e.host().map(host -> " on " + host).orElse(""))
                    .orElseGet(this::otherFailure);
        }

        private String otherFailure() {
            String text =
                    task.failure()
                            .map(e -> String.valueOf(e.getMessage()))
                            .or(() -> task.cancelReason().map(Object::toString))
                            .orElse("");
            return text.length() <= MAX_FAILURE ? text : text.substring(0, MAX_FAILURE) + "...";
        }
    }

    private boolean isLost(Row row) {
        return row.remoteFailure()
                .filter(e -> e.reason() == RemoteJobException.Reason.HOST_LOST)
                .flatMap(RemoteJobException::host)
                .filter(host -> host.startsWith(killed.name() + "-" + killed.pid() + "-"))
                .isPresent();
    }

    /** Returns whether the tasks of the host that was killed have failed, and only these. */
    boolean isAsExpected() {
        return rows.stream().allMatch(row -> row.succeeded() || isLost(row));
    }

    void print(PrintWriter out) {
        out.println();
        rows.stream()
                .limit(MAX_ROWS)
                .forEach(row ->
                        out.printf(
                                Locale.ROOT,
                                "%-8s %-9s %6.0f ms  %s%n",
                                row.task().name(),
                                row.task().state(),
                                row.took().toNanos() / 1e6,
                                row.detail()));
        if (rows.size() > MAX_ROWS) {
            out.printf("... and %d more tasks%n", rows.size() - MAX_ROWS);
        }
        out.println();
        List<Row> lost = rows.stream().filter(this::isLost).toList();
        long succeeded = rows.stream().filter(Row::succeeded).count();
        out.printf(
                Locale.ROOT,
                "%s (process %d) was killed after %.0f ms; 3 hosts served before, 2 after%n",
                killed.name(),
                killed.pid(),
                killedAt / 1e6);
        out.printf(
                Locale.ROOT,
                "%d tasks in %.0f ms: %d succeeded, %d failed with HOST_LOST on %s, %d otherwise%n",
                rows.size(),
                elapsed.toNanos() / 1e6,
                succeeded,
                lost.size(),
                killed.name(),
                rows.size() - succeeded - lost.size());
        if (lost.isEmpty()) {
            return;
        }
        out.printf(
                Locale.ROOT,
                "It was known to be lost %.0f ms after the kill: %s%n",
                (lost.getFirst().endedAt() - killedAt) / 1e6,
                lost.getFirst().remoteFailure().map(Throwable::getMessage).orElse(""));
        out.printf(
                "%nJobs are sent at most once: %s may have done its %d lost jobs or a part of them,"
                        + " so they are not sent again; whether to repeat them is for the caller"
                        + " to decide.%n",
                killed.name(), lost.size());
    }
}
