package dev.pogo.remote;

import dev.pogo.remote.AnswerHeader.End;
import dev.pogo.remote.HostJob.Outcome;

import java.io.Serial;

/** Thrown when a host does not run a request. It has been counted. */
final class Refusal extends Exception {
    @Serial private static final long serialVersionUID = 1;

    private final transient Outcome outcome;

    Refusal(End end, String message) {
        super(message);
        outcome = new Outcome(end, message, null);
    }

    Outcome outcome() {
        return outcome;
    }
}
