package dev.pogo.samples.serve;

import dev.pogo.CancelReason;
import dev.pogo.Task;

import java.util.List;

/** Sleeps as many and as long as the client wants, for load tests. */
final class SleepEndpoint {
    private static final int MAX_TASKS = 1_000;

    private SleepEndpoint() {}

    /**
     * Spawns the sleeps and tells what became of them. Those that are unfinished after the client's
     * own {@code deadline_ms} are cancelled, which is what it asked for; the request's deadline and
     * a saturated pool are errors.
     */
    static Answer answer(Call call) throws InterruptedException {
        Sleeps sleeps = Sleeps.of(call, MAX_TASKS);
        sleeps.spawnIn(call.scope());
        List<Task<?>> settled = call.scope().settle(sleeps.patience());
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
