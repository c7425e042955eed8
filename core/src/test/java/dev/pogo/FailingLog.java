package dev.pogo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * While this is open, whatever Pogo logs throws out of the logger, at WARN and above if nothing
 * else is said.
 */
public final class FailingLog implements AutoCloseable {
    private final Throwable failure;
    private final Level least;
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.pogo");
    private final TurboFilter filter =
            new TurboFilter() {
                @Override
                public FilterReply decide(
                        @Nullable Marker marker,
                        Logger asked,
                        Level level,
                        @Nullable String format,
                        Object @Nullable [] params,
                        @Nullable Throwable thrown) {
                    if (asked.getName().startsWith("dev.pogo.") && level.isGreaterOrEqual(least)) {
                        refused.add(String.valueOf(format));
                        throw Fault.unchecked(failure);
                    }
                    return FilterReply.NEUTRAL;
                }
            };

    public FailingLog(Throwable failure) {
        this(failure, Level.WARN);
    }

    public FailingLog(Throwable failure, Level least) {
        this.failure = failure;
        this.least = least;
        logger.getLoggerContext().addTurboFilter(filter);
    }

    /** The messages that were not logged, without their parameters. */
    public List<String> refused() {
        return refused;
    }

    @Override
    public void close() {
        logger.getLoggerContext().getTurboFilterList().remove(filter);
    }
}
