package dev.pogo.samples.serve;

import java.io.Serial;

/**
 * A parameter in a URL is wrong; the message is for the client.
 *
 * @serial exclude
 */
final class InvalidParameterException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    InvalidParameterException(String message) {
        super(message, null, false, false);
    }
}
