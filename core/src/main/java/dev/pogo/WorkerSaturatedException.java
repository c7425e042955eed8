package dev.pogo;

import java.io.Serial;

/**
 * Thrown by a {@link Worker} that has waited in vain for somebody who would run a job. The job has
 * not begun and never will. The task then ends like one that its pool could not admit in time, with
 * a {@link PoolSaturatedException}.
 *
 * @serial exclude
 */
public final class WorkerSaturatedException extends WorkerException {
    @Serial private static final long serialVersionUID = 1;

    /**
     * Creates an exception.
     *
     * @param message what the job has waited for, for how long and why in vain, for a human reader
     */
    public WorkerSaturatedException(String message) {
        super(message, null);
    }
}
