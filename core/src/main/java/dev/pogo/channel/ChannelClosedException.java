package dev.pogo.channel;

import java.io.Serial;

/**
 * Thrown when a {@link Channel} is closed: nothing can be pushed into it any more, or nothing is
 * left to be popped from it.
 */
public final class ChannelClosedException extends IllegalStateException {
    @Serial private static final long serialVersionUID = 1;

    ChannelClosedException(String message) {
        super(message);
    }
}
