package dev.pogo.engine;

import dev.pogo.Pogo;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;
import dev.pogo.json.Durations;
import dev.pogo.util.SafeLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log with which configuration a runtime has started, in one line. */
final class StartMessage {
    /** Under the name that users know, so that they can configure it. */
    private static final Logger LOG = LoggerFactory.getLogger(PogoRuntime.class);

    private StartMessage() {}

    /** Never throws: the runtime has started, whether or not that can be logged. */
    static void log(PogoConfig config) {
        SafeLog.info(LOG, () -> text(config));
    }

    private static String text(PogoConfig config) {
        StringBuilder text = new StringBuilder("Pogo ").append(Pogo.version());
        text.append(" started with ").append(config.source());
        String separator = ": ";
        for (PoolConfig pool : config.pools()) {
            text.append(separator).append(pool.name()).append(' ').append(pool.numThreads());
            text.append(pool.threads() == ThreadKind.PLATFORM ? " platform" : "");
            text.append(pool.numThreads() == 1 ? " thread" : " threads");
            text.append(", max_wait ").append(Durations.format(pool.maxWait()));
            separator = "; ";
        }
        return text.toString();
    }
}
