package dev.pogo.config;

import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.WorkerResponse;
import dev.pogo.spi.Directives;
import dev.pogo.spi.WorkerReader;

import java.util.Set;

/** Reads {@code {"echo": "text"}}, a worker that answers every job with the text. */
public final class EchoReader implements WorkerReader {
    @Override
    public Set<String> kinds() {
        return Set.of("echo");
    }

    @Override
    public Worker read(Directives directives, PoolConfig pool) {
        directives.ensureKnown(kinds());
        String text = directives.text("echo");
        return request -> WorkerResponse.success(text);
    }
}
