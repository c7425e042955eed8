package dev.pogo.remote;

import java.io.IOException;

/** An answer of a host. Immutable. */
final class Answer {
    private final AnswerHeader header;
    private final byte[] message;

    private Answer(AnswerHeader header, byte[] message) {
        this.header = header;
        this.message = message;
    }

    /** Stands for the answer to a request that was withdrawn: no host has claimed it or will. */
    static Answer none() {
        return new Answer(new AnswerHeader(0, null, "", null), new byte[0]);
    }

    /**
     * Parses the header of an answer; its body is left to the task's thread.
     *
     * @throws IOException if there is none
     */
    static Answer parse(byte[] message) throws IOException {
        return new Answer(Json.header(message, AnswerHeader.class), message);
    }

    AnswerHeader header() {
        return header;
    }

    byte[] body() {
        return Json.body(message);
    }
}
