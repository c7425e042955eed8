package dev.pogo.process.wire;

import org.jspecify.annotations.Nullable;

/** The type of a frame, given by its fifth byte. */
public enum FrameType {
    /** A request, or the response to one. */
    DATA(0x00),
    /** The response to a request whose job has failed. */
    ERROR(0x01),
    /** Tells that the worker cannot continue. */
    FATAL(0x02),
    /** The first frame that either side sends. */
    HELLO(0x03),
    /** Like {@link #DATA}, but the body gives the location of the data in shared memory. */
    SHARED(0x04),
    /** Tells the worker to end. */
    SHUT_DOWN(0x09);

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static @Nullable FrameType of(int code) {
        for (FrameType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
