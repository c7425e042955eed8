package dev.pogo.samples.serve;

import dev.pogo.PogoScope;
import dev.pogo.samples.jobs.Sleep;

import java.time.Duration;
import java.util.Set;

/**
 * The sleeps that a client asks for.
 *
 * @param tasks how many
 * @param millis how long each is
 * @param pool where they run
 * @param patience how long the client waits for them
 */
record Sleeps(int tasks, int millis, String pool, Duration patience) {
    private static final Set<String> PARAMETERS = Set.of("ms", "tasks", "pool", "deadline_ms");
    private static final int MAX_MILLIS = 60_000;

    static Sleeps of(Call call, int maxTasks) {
        Query query = call.query();
        query.ensureOnly(PARAMETERS);
        Duration patience =
                query.has("deadline_ms")
                        ? Duration.ofMillis(query.number("deadline_ms", 1, MAX_MILLIS, 1))
                        : call.deadline();
        return new Sleeps(
                query.number("tasks", 1, maxTasks, 1),
                query.number("ms", 0, MAX_MILLIS, 100),
                call.pool(),
                patience);
    }

    void spawnIn(PogoScope scope) {
        for (int i = 0; i < tasks; i++) {
            scope.spawn(pool, Sleep.class, new Sleep.Args(millis));
        }
    }
}
