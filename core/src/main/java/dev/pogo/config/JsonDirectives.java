package dev.pogo.config;

import com.fasterxml.jackson.databind.JsonNode;

import dev.pogo.InvalidConfigException;
import dev.pogo.json.ByteSizes;
import dev.pogo.json.Durations;
import dev.pogo.json.JsonPath;
import dev.pogo.spi.Directives;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@link Directives} of a JSON object. */
final class JsonDirectives implements Directives {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

    /** Origin of the text, for messages. */
    private final String source;

    /** Path of the object in the file, empty for the whole file. */
    private final String path;

    private final JsonNode object;

    /** The node must be an object. */
    JsonDirectives(String source, String path, JsonNode object) {
        this.source = source;
        this.path = path;
        this.object = object;
    }

    @Override
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

    @Override
    public boolean has(String name) {
        return object.has(Objects.requireNonNull(name, "name"));
    }

    @Override
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

    @Override
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

    @Override
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

    @Override
    public boolean flag(String name) {
        JsonNode value = object.get(Objects.requireNonNull(name, "name"));
        if (value != null && !value.isBoolean()) {
            throw refuse(name, value, "is neither true nor false");
        }
        return value != null && value.booleanValue();
    }

    @Override
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

    @Override
    public InvalidConfigException refuse(String name, String problem) {
        Objects.requireNonNull(problem, "problem");
        return refuse(name, object.get(Objects.requireNonNull(name, "name")), problem);
    }

    @Override
    public InvalidConfigException refuse(String problem) {
        Objects.requireNonNull(problem, "problem");
        return refuseAt(path, null, problem, null);
    }

    /** Returns the value of a directive, or null. */
    @Nullable JsonNode get(String name) {
        return object.get(name);
    }

    @Override
    public @Nullable String text(String name) {
        JsonNode value = object.get(Objects.requireNonNull(name, "name"));
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw refuse(name, value, "is not a string");
        }
        return value.textValue();
    }

    @Override
    public @Nullable String expanded(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        return VARIABLE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(variable(name, match.group(1))));
    }

    private String variable(String directive, String variable) {
        String value = System.getenv(variable);
        if (value == null) {
            throw refuse(directive, "needs the environment variable " + variable + ", not set");
        }
        return value;
    }

    @Override
    public @Nullable Directives object(String name) {
        JsonNode value = object.get(Objects.requireNonNull(name, "name"));
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            throw refuse(name, value, "is not an object");
        }
        return object(name, value);
    }

    @Override
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return Collections.unmodifiableSet(names);
    }

    /** Returns the object that is a directive's value. */
    JsonDirectives object(String name, JsonNode value) {
        return new JsonDirectives(source, JsonPath.member(path, name), value);
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
