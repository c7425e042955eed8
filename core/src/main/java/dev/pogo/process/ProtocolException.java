package dev.pogo.process;

import java.io.Serial;

/** Thrown if the other end sends what the protocol does not allow; the message says what. */
class ProtocolException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    ProtocolException(String message) {
        super(message);
    }
}
