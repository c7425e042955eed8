package dev.pogo.process;

import java.io.Serial;

/** The other end has said what the protocol does not allow; the message says what. */
class ProtocolException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    ProtocolException(String message) {
        super(message);
    }
}
