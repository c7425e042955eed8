package dev.pogo.benchmarks.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A message of some size: text, and its JSON. */
final class Payload {
    private final String text;
    private final byte[] json;

    private Payload(String text) {
        this.text = text;
        json = ('"' + text + '"').getBytes(UTF_8);
    }

    /** Its JSON has the given number of bytes. */
    static Payload of(int bytes) {
        return new Payload("x".repeat(bytes - 2));
    }

    String text() {
        return text;
    }

    /** Not copied. */
    byte[] json() {
        return json;
    }

    /** The number of bytes, in a table. */
    String size() {
        return json.length < 10_000 ? json.length + " B" : json.length / 1_000 + " KB";
    }
}
