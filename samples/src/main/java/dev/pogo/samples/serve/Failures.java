package dev.pogo.samples.serve;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

import dev.pogo.CancelReason;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskTimeoutException;

import java.util.List;

/** Makes answers of exceptions. */
final class Failures {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    private Failures() {}

    /**
     * An error, and what became of the request's tasks.
     *
     * @param error what went wrong
     * @param tally the tasks
     */
    record Failure(String error, @JsonUnwrapped Tally tally) {}

    /** The answer to a request that ended with the exception. */
    static Answer answer(Exception failure, List<Task<?>> tasks) {
        return switch (failure) {
            case InvalidParameterException e -> Answer.error(400, message(e));
            case PoolSaturatedException e -> of(503, e, tasks);
            case TaskTimeoutException e -> of(504, e, tasks);
            case TaskCancelledException e when e.reason() == CancelReason.RUNTIME_CLOSED ->
                    of(503, e, tasks);
            default -> {
                // The client is not told more: the message may have what is none of its business.
                LOG.log(System.Logger.Level.ERROR, "A request failed", failure);
                yield Answer.error(500, "internal error");
            }
        };
    }

    private static Answer of(int status, Exception failure, List<Task<?>> tasks) {
        return new Answer(status, new Failure(message(failure), Tally.of(tasks)));
    }

    private static String message(Exception failure) {
        return String.valueOf(failure.getMessage());
    }
}
