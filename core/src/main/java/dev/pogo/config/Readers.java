package dev.pogo.config;

import com.fasterxml.jackson.databind.JsonNode;

import dev.pogo.InvalidConfigException;
import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.spi.PoolDirectiveReader;
import dev.pogo.spi.SectionReader;
import dev.pogo.spi.WorkerReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads, through services, the parts of the configuration that Pogo itself does not know. */
final class Readers {
    private Readers() {}

    /** Reads a worker that is described by an object. */
    static Worker worker(JsonDirectives object, PoolConfig pool) {
        Set<String> known = new TreeSet<>();
        Set<String> found = new TreeSet<>();
        List<WorkerReader> readers = new ArrayList<>();
        for (WorkerReader reader : load(WorkerReader.class)) {
            known.addAll(reader.kinds());
            Set<String> present = new TreeSet<>(reader.kinds());
            present.retainAll(object.names());
            if (!present.isEmpty()) {
                found.addAll(present);
                readers.add(reader);
            }
        }
        if (known.isEmpty()) {
            throw object.refuse(
                    "nothing here reads an object, only the name of a class is understood");
        }
        if (readers.isEmpty()) {
            throw object.refuse(
                    "has none of the directives that say what kind of worker it is: %s; it has %s"
                            .formatted(
                                    String.join(", ", known),
                                    object.names().isEmpty()
                                            ? "none at all"
                                            : String.join(", ", object.names())));
        }
        if (readers.size() > 1) {
            throw object.refuse("is of several kinds at once: " + String.join(", ", found));
        }
        return readers.getFirst().read(object, pool);
    }

    /**
     * Returns the readers of sections by their names.
     *
     * @param taken the names that no section may have
     */
    static Map<String, SectionReader> sections(Set<String> taken) {
        return byName(SectionReader.class, SectionReader::name, "the section", taken);
    }

    /**
     * Returns the readers of the directives of pools by their names.
     *
     * @param taken the names that no such directive may have
     */
    static Map<String, PoolDirectiveReader> poolDirectives(Set<String> taken) {
        return byName(PoolDirectiveReader.class, PoolDirectiveReader::name, "the directive", taken);
    }

    private static <R> Map<String, R> byName(
            Class<R> service, Function<R, String> name, String what, Set<String> taken) {
        Map<String, R> byName = new TreeMap<>();
        for (R reader : load(service)) {
            R other = byName.putIfAbsent(name.apply(reader), reader);
            if (other != null || taken.contains(name.apply(reader))) {
                throw new InvalidConfigException(
                        reader.getClass().getName(),
                        "",
                        '"' + name.apply(reader) + '"',
                        "is the name of "
                                + (other == null
                                        ? "a directive of Pogo"
                                        : what + " of " + other.getClass().getName()),
                        null);
            }
        }
        return byName;
    }

    /** Reads a section. */
    static Object section(SectionReader reader, JsonDirectives top, JsonNode value) {
        if (!value.isObject()) {
            throw top.refuse(reader.name(), value, "is not an object");
        }
        return Objects.requireNonNull(
                reader.read(top.object(reader.name(), value)),
                () -> reader.getClass().getName() + " returned null");
    }

    /** Reads a directive of a pool. */
    static Object poolDirective(PoolDirectiveReader reader, JsonDirectives pool) {
        return Objects.requireNonNull(
                reader.read(pool), () -> reader.getClass().getName() + " returned null");
    }

    /** Looks beside Pogo's own classes, whatever the calling thread's context class loader is. */
    private static <S> ServiceLoader<S> load(Class<S> service) {
        return ServiceLoader.load(service, Readers.class.getClassLoader());
    }
}
