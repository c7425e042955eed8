package dev.pogo.samples.serve;

import io.helidon.common.uri.UriQuery;

import java.util.Set;

/** The parameters of a URL, each read within its bounds: nothing is silently repaired. */
final class Query {
    private final UriQuery parameters;

    Query(UriQuery parameters) {
        this.parameters = parameters;
    }

    /** Refuses a parameter that the path does not have, which is mostly a slip of the pen. */
    void ensureOnly(Set<String> known) {
        for (String name : parameters.names()) {
            if (!known.contains(name)) {
                throw new InvalidParameterException(
                        "unknown parameter '"
                                + name
                                + "'; there are "
                                + String.join(", ", known.stream().sorted().toList()));
            }
            if (parameters.all(name).size() != 1) {
                throw new InvalidParameterException("parameter '" + name + "' must occur once");
            }
        }
    }

    boolean has(String name) {
        return parameters.contains(name);
    }

    String text(String name, String otherwise) {
        return parameters.contains(name) ? parameters.get(name) : otherwise;
    }

    int number(String name, int from, int to, int otherwise) {
        if (!parameters.contains(name)) {
            return otherwise;
        }
        String text = parameters.get(name);
        try {
            int number = Integer.parseInt(text);
            if (from <= number && number <= to) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new InvalidParameterException(
                "parameter '%s' must be a whole number from %d to %d, but is '%s'"
                        .formatted(name, from, to, text));
    }
}
