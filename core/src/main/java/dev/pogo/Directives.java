package dev.pogo;

import com.fasterxml.jackson.databind.JsonNode;

import dev.pogo.json.ByteSizes;
import dev.pogo.json.Durations;
import dev.pogo.json.JsonPath;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The directives of one object in a configuration file. Its exceptions name the file, the path in
 * it and the value as written there. Immutable.
 */
public final class Directives {
    /** Origin of the text, for messages. */
    private final String source;

    /** Path of the object in the file, empty for the whole file. */
    private final String path;

    private final JsonNode object;

    /** The node must be an object. */
    Directives(String source, String path, JsonNode object) {
        this.source = source;
        this.path = path;
        this.object = object;
    }

    /**
     * Ensures that there is no directive that would not be read.
     *
     * @param known the names of all directives that are allowed here
     * @throws InvalidConfigException if there is any other directive
     */
    public void ensureKnown(Set<String> known) {
        Objects.requireNonNull(known, "known");
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            if (!known.contains(entry.getKey())) {
                throw refuse(
                        entry.getKey(),
                        null,
                        "is not a directive; known here: "
                                + String.join(", ", new TreeSet<>(known)));
            }
        }
    }

    /**
     * Returns whether a directive is present, even if its value is invalid.
     *
     * @param name the directive's name
     * @return whether it is present
     */
    public boolean has(String name) {
        return object.has(Objects.requireNonNull(name, "name"));
    }

    /**
     * Returns the value of a directive that is a whole number.
     *
     * @param name the directive's name
     * @param least the smallest valid number
     * @param otherwise the value if the directive is absent
     * @return the number
     * @throws InvalidConfigException if the value is anything else
     */
    public int number(String name, int least, int otherwise) {
        JsonNode value = object.get(Objects.requireNonNull(name, "name"));
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
            throw refuse(
                    name,
                    value,
                    "is not a whole number from " + least + " to " + Integer.MAX_VALUE);
        }
        return value.intValue();
    }

    /**
     * Returns the value of a directive that is a duration, more than zero: {@code "30s"}.
     *
     * @param name the directive's name
     * @return the duration, null if the directive is absent
     * @throws InvalidConfigException if the value is anything else
     */
    public @Nullable Duration duration(String name) {
        JsonNode value = object.get(Objects.requireNonNull(name, "name"));
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw refuse(name, value, "is not a duration in quotes, like \"30s\"");
        }
        Duration duration;
        try {
            duration = Durations.parse(value.textValue());
        } catch (IllegalArgumentException e) {
            throw refuse(name, value, String.valueOf(e.getMessage()));
        }
        if (duration.isZero()) {
            throw refuse(name, value, "must be more than zero");
        }
        return duration;
    }

    /**
     * Returns the value of a directive that is an amount of memory: {@code "64MB"}.
     *
     * @param name the directive's name
     * @param otherwise the value if the directive is absent
     * @return the number of bytes, not negative
     * @throws InvalidConfigException if the value is anything else
     */
    public long bytes(String name, long otherwise) {
        JsonNode value = object.get(Objects.requireNonNull(name, "name"));
        if (value == null) {
            return otherwise;
        }
        if (!value.isTextual()) {
            throw refuse(name, value, "is not an amount of memory in quotes, like \"64MB\"");
        }
        try {
            return ByteSizes.parse(value.textValue());
        } catch (IllegalArgumentException e) {
            throw refuse(name, value, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Returns the value of a directive that is true or false.
     *
     * @param name the directive's name
     * @return the value, false if the directive is absent
     * @throws InvalidConfigException if the value is anything else
     */
    public boolean flag(String name) {
        JsonNode value = object.get(Objects.requireNonNull(name, "name"));
        if (value != null && !value.isBoolean()) {
            throw refuse(name, value, "is neither true nor false");
        }
        return value != null && value.booleanValue();
    }

    /**
     * Returns the value of a directive that is a list of strings.
     *
     * @param name the directive's name
     * @return the strings, null if the directive is absent
     * @throws InvalidConfigException if the value is anything else
     */
    public @Nullable List<String> texts(String name) {
        JsonNode value = object.get(Objects.requireNonNull(name, "name"));
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            throw refuse(name, value, "is not a list of strings");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                throw refuseAt(
                        JsonPath.element(JsonPath.member(path, name), texts.size()),
                        element.toString(),
                        "is not a string",
                        null);
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    /**
     * Returns an exception that refuses a directive.
     *
     * @param name the directive's name
     * @param problem what is wrong with its value, as the rest of a sentence
     * @return the exception to throw
     */
    public InvalidConfigException refuse(String name, String problem) {
        Objects.requireNonNull(problem, "problem");
        return refuse(name, object.get(Objects.requireNonNull(name, "name")), problem);
    }

    /**
     * Returns an exception that refuses the object as a whole.
     *
     * @param problem what is wrong with it, as the rest of a sentence
     * @return the exception to throw
     */
    public InvalidConfigException refuse(String problem) {
        Objects.requireNonNull(problem, "problem");
        return refuseAt(path, null, problem, null);
    }

    /** Returns the value of a directive, or null. */
    @Nullable JsonNode get(String name) {
        return object.get(name);
    }

    /** Returns the object that is a directive's value. */
    Directives object(String name, JsonNode value) {
        return new Directives(source, JsonPath.member(path, name), value);
    }

    InvalidConfigException refuse(String name, @Nullable JsonNode value, String problem) {
        return refuse(name, value, problem, null);
    }

    InvalidConfigException refuse(
            String name, @Nullable JsonNode value, String problem, @Nullable Throwable cause) {
        return refuseAt(
                JsonPath.member(path, name),
                value == null ? null : value.toString(),
                problem,
                cause);
    }

    private InvalidConfigException refuseAt(
            String place, @Nullable String value, String problem, @Nullable Throwable cause) {
        return new InvalidConfigException(source, place, value, problem, cause);
    }
}
