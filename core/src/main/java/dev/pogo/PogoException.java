package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/**
 * Superclass of the exceptions that Pogo throws about tasks, jobs, pools and configuration. The
 * facts are in the subclasses.
 *
 * @serial exclude
 */
public abstract sealed class PogoException extends RuntimeException
        permits InvalidConfigException,
                InvalidPayloadException,
                TaskException,
                UnknownPoolException,
                UnknownTaskException,
                WorkerException {
    @Serial private static final long serialVersionUID = 1;

    PogoException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
