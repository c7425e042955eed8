package dev.pogo.samples.serve;

import com.fasterxml.jackson.annotation.JsonProperty;

import dev.pogo.PogoException;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;

import java.util.ArrayList;
import java.util.List;

/**
 * What became of a request's tasks.
 *
 * @param succeeded how many gave their values
 * @param cancelled how many were cancelled
 * @param saturated how many got no permit in time
 * @param failed how many threw
 * @param cancelledTasks the first of the cancelled ones
 */
record Tally(
        int succeeded,
        int cancelled,
        int saturated,
        int failed,
        @JsonProperty("cancelled_tasks") List<Cancelled> cancelledTasks) {
    /** A request may have many tasks, and all of them be cancelled. */
    private static final int MAX_NAMED = 10;

    /**
     * A cancelled task.
     *
     * @param task its name
     * @param id its id
     * @param pool its pool
     * @param reason why it was cancelled
     * @param waitedMillis how long it waited for a permit
     * @param ranMillis how long it ran
     */
    record Cancelled(
            String task,
            long id,
            String pool,
            String reason,
            @JsonProperty("waited_ms") long waitedMillis,
            @JsonProperty("ran_ms") long ranMillis) {
        static Cancelled of(Task<?> task) {
            return new Cancelled(
                    task.name(),
                    task.id(),
                    task.pool(),
                    task.cancelReason().map(Enum::name).orElse(""),
                    task.waited().toMillis(),
                    task.ran().toMillis());
        }
    }

    /** Counts tasks that are done. */
    static Tally of(List<Task<?>> tasks) {
        int succeeded = 0;
        int saturated = 0;
        int failed = 0;
        List<Task<?>> cancelled = new ArrayList<>();
        for (Task<?> task : tasks) {
            if (task.state() == Task.State.SUCCEEDED) {
                succeeded++;
            } else if (task.isCancelled()) {
                cancelled.add(task);
            } else if (isSaturated(task)) {
                saturated++;
            } else {
                failed++;
            }
        }
        return new Tally(
                succeeded,
                cancelled.size(),
                saturated,
                failed,
                cancelled.stream().limit(MAX_NAMED).map(Cancelled::of).toList());
    }

    private static boolean isSaturated(Task<?> task) {
        try {
            task.result();
            return false;
        } catch (PoolSaturatedException e) {
            return true;
        } catch (PogoException e) {
            return false;
        }
    }
}
