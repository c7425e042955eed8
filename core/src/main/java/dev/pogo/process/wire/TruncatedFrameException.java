package dev.pogo.process.wire;

import java.io.Serial;

/** Thrown when the pipe ends within a frame. The way its writer ended may tell more. */
public final class TruncatedFrameException extends ProtocolException {
    @Serial private static final long serialVersionUID = 1;

    TruncatedFrameException(int got, int length, String part) {
        super(
                "a truncated frame: its pipe ended after %d of the %d bytes of a %s"
                        .formatted(got, length, part));
    }
}
