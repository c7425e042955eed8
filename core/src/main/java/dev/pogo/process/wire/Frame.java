package dev.pogo.process.wire;

import java.nio.ByteBuffer;

/**
 * Message between the host and a worker: the body's length as an unsigned 32-bit number in
 * big-endian order, the type as one byte, the body.
 */
public final class Frame {
    public static final int HEADER = 5;

    /** Length of the body of a {@link FrameType#SHARED} frame: offset and length. */
    static final int PLACE = 8;

    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final FrameType type;

    /** Never modified. */
    private final byte[] body;

    public Frame(FrameType type, byte[] body) {
        this.type = type;
        this.body = body;
    }

    /** Returns a frame that says where in shared memory its body is. */
    public static Frame shared(long offset, long length) {
        byte[] body = ByteBuffer.allocate(PLACE).putInt((int) offset).putInt((int) length).array();
        return new Frame(FrameType.SHARED, body);
    }

    public FrameType type() {
        return type;
    }

    public byte[] body() {
        return body;
    }

    public byte[] header() {
        return ByteBuffer.allocate(HEADER).putInt(body.length).put((byte) type.code()).array();
    }

    /**
     * Returns the offset that a {@link FrameType#SHARED} frame gives; its body has {@link #PLACE}
     * bytes.
     */
    public long offset() {
        return ByteBuffer.wrap(body).getInt(0) & UNSIGNED;
    }

    /**
     * Returns the length that a {@link FrameType#SHARED} frame gives; its body has {@link #PLACE}
     * bytes.
     */
    public long length() {
        return ByteBuffer.wrap(body).getInt(4) & UNSIGNED;
    }
}
