package dev.pogo.config;

import dev.pogo.spi.Directives;
import dev.pogo.spi.PoolDirectiveReader;

import java.util.Objects;

/** Reads the directive {@code shade} of a pool. */
public final class ShadeReader implements PoolDirectiveReader {
    /** What the directive says. */
    public record Shade(String text) {}

    @Override
    public String name() {
        return "shade";
    }

    @Override
    public Object read(Directives pool) {
        String text = Objects.requireNonNull(pool.expanded("shade"));
        if (text.isEmpty()) {
            throw pool.refuse("shade", "is empty");
        }
        return new Shade(text);
    }
}
