package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A job that a {@link Worker} is to run. As JSON: {@code {"class": "com.acme.FetchStock", "args":
 * {"sku": "A-100"}}}.
 *
 * @param jobClass the name of the job's class; it is only data, so check it before loading the
 *     class that it names
 * @param args the args as maps, lists, strings, numbers, booleans or null; owned by the worker
 */
public record WorkerRequest(String jobClass, @Nullable Object args) {
    /** Rejects a null class name. */
    public WorkerRequest {
        Objects.requireNonNull(jobClass, "jobClass");
    }

    /**
     * Parses a request, for a worker that receives it as text.
     *
     * @param json the JSON text, in UTF-8
     * @return the request
     * @throws InvalidPayloadException if the text is not JSON, or not a request
     */
    public static WorkerRequest parse(byte[] json) {
        Envelope envelope = Envelope.parse("request", json, "class", "args");
        String jobClass = envelope.text("class");
        if (jobClass == null) {
            throw envelope.refuse("class", "must be the name of a class");
        }
        return new WorkerRequest(jobClass, envelope.get("args"));
    }

    /**
     * Returns the request as JSON.
     *
     * @return the JSON text, in UTF-8
     * @throws InvalidPayloadException if the args are not JSON-compatible
     */
    public byte[] toJson() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("class", jobClass);
        members.put("args", args);
        return Envelope.text("request", members);
    }
}
