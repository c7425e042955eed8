package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Outcome of a job. As JSON: {@code {"ok": true, "result": 17}} or {@code {"ok": false, "error":
 * "out of stock"}}.
 *
 * @param ok whether the job returned a result
 * @param result the result, JSON-compatible; null if there is none
 * @param error a human-readable description of what went wrong; null if nothing did, or if there is
 *     no description
 */
public record WorkerResponse(boolean ok, @Nullable Object result, @Nullable String error) {
    /**
     * Checks that there is not both a result and an error.
     *
     * @throws IllegalArgumentException if it is ok with an error, or not ok with a result
     */
    public WorkerResponse {
        if (ok && error != null) {
            throw new IllegalArgumentException("ok, and yet with the error \"" + error + '"');
        }
        if (!ok && result != null) {
            throw new IllegalArgumentException("not ok, and yet with a result");
        }
    }

    /**
     * Returns the response to a job that was done.
     *
     * @param result the job's result
     * @return the response
     */
    public static WorkerResponse success(@Nullable Object result) {
        return new WorkerResponse(true, result, null);
    }

    /**
     * Returns the response to a job that failed.
     *
     * @param error what went wrong
     * @return the response
     */
    public static WorkerResponse failure(String error) {
        return new WorkerResponse(false, null, Objects.requireNonNull(error, "error"));
    }

    /**
     * Returns the response to a job that threw. As no stack trace is sent, the error says where the
     * failure was thrown, and names its root cause.
     *
     * @param thrown what the job threw, or why it could not be run
     * @return the response
     */
    public static WorkerResponse failure(Throwable thrown) {
        return failure(describe(Objects.requireNonNull(thrown, "thrown")));
    }

    private static String describe(Throwable thrown) {
        String text = TaskFailedException.describe(thrown);
        StackTraceElement[] stack = thrown.getStackTrace();
        if (!(thrown instanceof WorkerException) && stack.length > 0) {
            text += " at " + stack[0];
        }
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root == thrown ? text : text + ", root cause " + TaskFailedException.describe(root);
    }

    /**
     * Parses a response that arrives as text.
     *
     * @param json UTF-8
     * @return the response; numbers with a fraction are {@link java.math.BigDecimal}s
     * @throws InvalidPayloadException if it is not JSON, or not a response
     */
    public static WorkerResponse parse(byte[] json) {
        Envelope envelope = Envelope.parse("response", json, "ok", "result", "error");
        if (!(envelope.get("ok") instanceof Boolean ok)) {
            throw envelope.refuse("ok", "must be true or false");
        }
        String error = envelope.text("error");
        Object result = envelope.get("result");
        if (ok && error != null) {
            throw envelope.refuse("error", "must be absent when ok is true");
        }
        if (!ok && result != null) {
            throw envelope.refuse("result", "must be absent when ok is false");
        }
        return new WorkerResponse(ok, result, error);
    }

    /**
     * Returns the response as JSON.
     *
     * @return UTF-8
     * @throws InvalidPayloadException if the result is not JSON-compatible
     */
    public byte[] toJson() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("ok", ok);
        if (ok) {
            members.put("result", result);
        } else if (error != null) {
            members.put("error", error);
        }
        return Envelope.text("response", members);
    }
}
