package dev.pogo.redis;

import java.io.Serial;

/** An error that cannot even be logged, as when there is no memory left. */
final class Unloggable extends Error {
    @Serial private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
        throw new OutOfMemoryError("for once");
    }
}
