package dev.pogo.json;

import com.fasterxml.jackson.core.JsonParser;

/**
 * A JSON-compatible value as it was at one moment. It shares nothing that can change with the
 * object that it was taken from, nor with those that are made of it. Immutable.
 */
public final class Snapshot {
    /** Complete, and only read. */
    private final SnapshotBuffer tokens;

    Snapshot(SnapshotBuffer tokens) {
        this.tokens = tokens;
    }

    JsonParser read() {
        return tokens.asParser();
    }

    SnapshotBuffer tokens() {
        return tokens;
    }
}
