package dev.pogo.config;

import dev.pogo.spi.Directives;
import dev.pogo.spi.SectionReader;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Reads the section {@code greeting}. */
public final class GreetingReader implements SectionReader {
    /** What the section says. */
    public record Greeting(String text, Duration every, TreeMap<String, Integer> numbers) {}

    @Override
    public String name() {
        return "greeting";
    }

    @Override
    public Object read(Directives directives) {
        directives.ensureKnown(Set.of("text", "every", "numbers"));
        String text = directives.text("text");
        if (text == null) {
            throw directives.refuse("has no text");
        }
        Duration every = Objects.requireNonNullElse(directives.duration("every"), Duration.ZERO);
        TreeMap<String, Integer> numbers = new TreeMap<>();
        Directives named = directives.object("numbers");
        if (named != null) {
            named.names().forEach(name -> numbers.put(name, named.number(name, 0, 0)));
        }
        return new Greeting(text, every, numbers);
    }
}
