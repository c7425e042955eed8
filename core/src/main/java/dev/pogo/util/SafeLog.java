package dev.pogo.util;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

import java.util.function.Supplier;

/** Logs through a logger whose own failure must not make anything else fail. */
public final class SafeLog {
    private SafeLog() {}

    /** Never throws, even if the message cannot be made; it is made only if it is logged. */
    public static void info(Logger log, Supplier<String> message) {
        try {
            if (log.isInfoEnabled()) {
                log.info("{}", message.get());
            }
        } catch (Throwable e) {
            // There is nowhere else to report it.
        }
    }

    /** Never throws, since the caller is between two steps that belong together. */
    public static void warn(Logger log, String format, Object... arguments) {
        try {
            log.warn(format, arguments);
        } catch (Throwable e) {
            // There is nowhere else to report it.
        }
    }

    /** Never throws, and needs no array, for which the caller may have no memory. */
    public static void warn(Logger log, String format, @Nullable Object about, Throwable thrown) {
        try {
            log.warn(format, about, thrown);
        } catch (Throwable e) {
            // There is nowhere else to report it.
        }
    }

    /** Never throws. */
    public static void error(Logger log, String message, @Nullable Throwable thrown) {
        try {
            log.error(message, thrown);
        } catch (Throwable e) {
            // There is nowhere else to report it.
        }
    }

    /** Never throws. */
    public static void warn(Logger log, String message, Throwable thrown) {
        try {
            log.warn(message, thrown);
        } catch (Throwable e) {
            // There is nowhere else to report it.
        }
    }
}
