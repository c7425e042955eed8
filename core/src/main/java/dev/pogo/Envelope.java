package dev.pogo;

import dev.pogo.json.JsonBinding;
import dev.pogo.json.JsonPath;
import dev.pogo.json.NotJsonException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** JSON object that carries a worker's request or response. */
final class Envelope {
    private final String what;
    private final Map<?, ?> members;

    private Envelope(String what, Map<?, ?> members) {
        this.what = "the worker's " + what;
        this.members = members;
    }

    /** Parses an object that may have these members and no others. */
    static Envelope parse(String what, byte[] json, String... known) {
        Objects.requireNonNull(json, "json");
        Object value;
        try {
            value = JsonBinding.shared().parse(json);
        } catch (NotJsonException e) {
            throw new InvalidPayloadException("the worker's " + what, e.path(), e.problem(), e);
        }
        if (!(value instanceof Map<?, ?> members)) {
            throw new InvalidPayloadException(
                    "the worker's " + what, JsonPath.ROOT, "is not a JSON object", null);
        }
        Envelope envelope = new Envelope(what, members);
        for (Object name : members.keySet()) {
            if (!List.of(known).contains(name)) {
                throw envelope.refuse(
                        String.valueOf(name),
                        "is not known here, only " + String.join(", ", known) + " are");
            }
        }
        return envelope;
    }

    static byte[] text(String what, Map<String, @Nullable Object> members) {
        try {
            return JsonBinding.shared().text(members);
        } catch (NotJsonException e) {
            throw new InvalidPayloadException("the worker's " + what, e.path(), e.problem(), e);
        }
    }

    @Nullable Object get(String member) {
        return members.get(member);
    }

    /** Returns a member that is text, or null if there is none. */
    @Nullable String text(String member) {
        Object value = members.get(member);
        if (value != null && !(value instanceof String)) {
            throw refuse(member, "is not a string");
        }
        return (String) value;
    }

    InvalidPayloadException refuse(String member, String problem) {
        return new InvalidPayloadException(
                what, JsonPath.member(JsonPath.ROOT, member), problem, null);
    }
}
