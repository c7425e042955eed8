package dev.pogo.json;

import com.fasterxml.jackson.core.JsonParser;

/**
 * A JSON-compatible value as it was at one moment. It shares no mutable state with the object that
 * it was taken from, nor with objects created from it. Immutable.
 */
public final class Snapshot {
    /** Complete, and never written to. */
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
