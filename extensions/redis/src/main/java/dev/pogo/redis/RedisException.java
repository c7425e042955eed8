package dev.pogo.redis;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/**
 * Thrown when a command has failed, or its outcome is unknown.
 *
 * @serial exclude
 */
public final class RedisException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private final boolean done;

    /**
     * Creates one in advance, for when there is no memory for one that says more. It may be thrown
     * again and again, so it keeps nothing of where it was thrown.
     */
    RedisException() {
        super("out of memory", null, false, false);
        done = true;
    }

    RedisException(String message, boolean done, @Nullable Throwable cause) {
        super(message, cause);
        this.done = done;
    }

    /**
     * Returns whether the command may have been done nevertheless: its connection broke between the
     * command and the reply.
     *
     * @return false if it certainly was not done
     */
    public boolean mayBeDone() {
        return done;
    }
}
