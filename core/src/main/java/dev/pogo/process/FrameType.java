package dev.pogo.process;

import org.jspecify.annotations.Nullable;

/** What a frame is, by its fifth byte. */
enum FrameType {
    /** A request, or the answer to one. */
    DATA(0x00),
    /** The answer to a request whose job has failed. */
    ERROR(0x01),
    /** The worker cannot go on. */
    FATAL(0x02),
    /** The first frame of either side. */
    HELLO(0x03),
    /** As {@link #DATA}, but the body says where in shared memory that is. */
    SHARED(0x04),
    /** The worker is to end. */
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
