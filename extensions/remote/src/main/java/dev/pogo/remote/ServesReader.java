package dev.pogo.remote;

import dev.pogo.spi.Directives;
import dev.pogo.spi.PoolDirectiveReader;

import java.util.Objects;

/**
 * Reads a pool's directive {@code serves}: the queue whose jobs a {@link JobHost} runs in this
 * pool. For the service loader.
 */
public final class ServesReader implements PoolDirectiveReader {
    static final String NAME = "serves";

    /** For the service loader. */
    public ServesReader() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Object read(Directives pool) {
        String queue = Objects.requireNonNull(pool.text(NAME));
        if (!Checks.isQueue(queue)) {
            throw pool.refuse(NAME, Checks.NO_QUEUE);
        }
        return queue;
    }
}
