package dev.pogo.samples.serve;

import dev.pogo.CancelReason;
import dev.pogo.Task;
import dev.pogo.samples.jobs.Sleep;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Sleeps as many and as long as the client wants, for load tests. */
final class SleepEndpoint {
    private static final Set<String> PARAMETERS = Set.of("ms", "tasks", "pool", "deadline_ms");
    private static final int MAX_MILLIS = 60_000;
    private static final int MAX_TASKS = 1_000;

    private SleepEndpoint() {}

    /**
     * Spawns the sleeps and tells what became of them. Those that are unfinished after the client's
     * own {@code deadline_ms} are cancelled, which is what it asked for; the request's deadline and
     * a saturated pool are errors.
     */
    static Answer answer(Call call) throws InterruptedException {
        call.query().ensureOnly(PARAMETERS);
        int millis = call.query().number("ms", 0, MAX_MILLIS, 100);
        int tasks = call.query().number("tasks", 1, MAX_TASKS, 1);
        String pool = call.pool();
        Duration patience = call.deadline();
        if (call.query().has("deadline_ms")) {
            patience = Duration.ofMillis(call.query().number("deadline_ms", 1, MAX_MILLIS, 1));
        }
        for (int i = 0; i < tasks; i++) {
            call.scope().spawn(pool, Sleep.class, new Sleep.Args(millis));
        }
        List<Task<?>> settled = call.scope().settle(patience);
        settled.forEach(SleepEndpoint::ensureNoError);
        return Answer.ok(Tally.of(settled));
    }

    /** Throws what became of the task, unless it is a result that the client asked for. */
    private static void ensureNoError(Task<?> task) {
        boolean cancelledAsAsked =
                task.cancelReason().filter(CancelReason.AWAIT_TIMED_OUT::equals).isPresent();
        if (!cancelledAsAsked) {
            task.result();
        }
    }
}
