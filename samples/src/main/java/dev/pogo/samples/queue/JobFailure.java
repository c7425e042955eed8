package dev.pogo.samples.queue;

import java.io.Serial;

/** Says why a job has failed, without the way on which that became known. */
final class JobFailure extends Exception {
    @Serial private static final long serialVersionUID = 1;

    JobFailure(String why) {
        super(why);
    }

    /** What a queue keeps as the reason, which needs no name of a class. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
        return String.valueOf(getMessage());
    }
}
