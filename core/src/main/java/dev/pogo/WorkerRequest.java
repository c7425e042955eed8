package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a {@link Worker} is to do. As JSON: {@code {"class": "com.acme.FetchStock", "args": {"sku":
 * "A-100"}}}.
 *
 * @param jobClass the name of the job's class; mere data, check it before you load what it names
 * @param args the args as maps, lists, strings, numbers, booleans or null; the worker's own
 */
public record WorkerRequest(String jobClass, @Nullable Object args) {
    /** Refuses a missing class. */
    public WorkerRequest {
        Objects.requireNonNull(jobClass, "jobClass");
    }

    /**
     * Reads a request, where one arrives as text.
     *
     * @param json UTF-8
     * @return the request
     * @throws InvalidPayloadException if it is not JSON, or not a request
     */
    public static WorkerRequest parse(byte[] json) {
        Envelope envelope = Envelope.parse("request", json, "class", "args");
        String jobClass = envelope.text("class");
        if (jobClass == null) {
            throw envelope.refuse("class", "has to be the name of a class");
        }
        return new WorkerRequest(jobClass, envelope.get("args"));
    }

    /**
     * Writes the request.
     *
     * @return UTF-8
     * @throws InvalidPayloadException if the args are not JSON-compatible
     */
    public byte[] toJson() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("class", jobClass);
        members.put("args", args);
        return Envelope.text("request", members);
    }
}
