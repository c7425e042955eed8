package dev.pogo;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Warns of something through a log that may itself fail, which is to fail nothing else. */
final class Report {
    private Report() {}

    /** Never throws: the engine stands between two steps that belong together. */
    static void warn(Logger log, String format, Object... arguments) {
        try {
            log.warn(format, arguments);
        } catch (Throwable e) {
            // There is no other place to say so.
        }
    }

    /** Likewise; without an array, for which the caller may have no memory. */
    static void warn(Logger log, String format, @Nullable Object about, Throwable thrown) {
        try {
            log.warn(format, about, thrown);
        } catch (Throwable e) {
            // There is no other place to say so.
        }
    }

    /** Likewise. */
    static void warn(Logger log, String message, Throwable thrown) {
        try {
            log.warn(message, thrown);
        } catch (Throwable e) {
            // There is no other place to say so.
        }
    }
}
