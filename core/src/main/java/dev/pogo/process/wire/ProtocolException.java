package dev.pogo.process.wire;

import java.io.Serial;

/** Thrown if the other end sends what the protocol does not allow; the message says what. */
public class ProtocolException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    public ProtocolException(String message) {
        super(message);
    }
}
