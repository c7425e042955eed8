package dev.pogo;

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
}
