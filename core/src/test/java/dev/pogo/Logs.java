package dev.pogo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What Pogo logs while this is open, at WARN and above if nothing else is said. */
public final class Logs implements AutoCloseable {
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.pogo");
    private final Level least;
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    if (event.getLevel().isGreaterOrEqual(least)) {
                        messages.add(event.getFormattedMessage());
                    }
                }
            };

    public Logs() {
        this(Level.WARN);
    }

    public Logs(Level least) {
        this.least = least;
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
    }

    public List<String> messages() {
        return messages;
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}
