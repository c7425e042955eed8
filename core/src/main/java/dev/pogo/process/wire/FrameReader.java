package dev.pogo.process.wire;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** Reads frames and rejects anything else. For one thread only. */
public final class FrameReader {
    /** Maximum number of bytes that are allocated on the basis of a header alone. */
    private static final int BELIEVED = 1 << 20;

    /**
     * Maximum number of bytes read at once. A pipe holds no more, and the JDK copies what it reads
     * in one go.
     */
    private static final int CHUNK = 1 << 16;

    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final InputStream in;
    private final long maxBody;
    private final byte[] header = new byte[Frame.HEADER];

    public FrameReader(InputStream in, long maxBody) {
        this.in = in;
        this.maxBody = maxBody;
    }

    /**
     * Reads the next frame.
     *
     * @param begun called with the length of the body that may be on its way: with 0 once the first
     *     byte has arrived, and with the body's length when that is known
     * @return the frame, null at the end of the stream
     * @throws ProtocolException if the input is not a frame
     */
    public @Nullable Frame read(LongConsumer begun) throws IOException, ProtocolException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        header[0] = (byte) first;
        begun.accept(0);
        int got = 1 + read(header, 1, Frame.HEADER);
        if (got < Frame.HEADER) {
            throw new TruncatedFrameException(got, Frame.HEADER, "header");
        }
        long length = ByteBuffer.wrap(header).getInt() & UNSIGNED;
        FrameType type = FrameType.of(header[4] & 0xFF);
        if (type == null) {
            throw new ProtocolException(
                    "a frame of the unknown type 0x%02x, its first bytes are %s (\"%s\")"
                            .formatted(header[4] & 0xFF, hex(), printable()));
        }
        if (length > maxBody) {
            throw new ProtocolException(
                    "a frame of %d bytes, where max_frame allows %d; its first bytes are %s (\"%s\")"
                            .formatted(length, maxBody, hex(), printable()));
        }
        if (type == FrameType.SHARED && length != Frame.PLACE) {
            throw new ProtocolException(
                    "a frame of type 0x04 with a body of %d bytes instead of %d"
                            .formatted(length, Frame.PLACE));
        }
        begun.accept(length);
        return new Frame(type, body((int) length));
    }

    private byte[] body(int length) throws IOException, ProtocolException {
        byte[] body = new byte[Math.min(length, BELIEVED)];
        int got = 0;
        while (got < length) {
            if (got == body.length) {
                body = Arrays.copyOf(body, (int) Math.min(length, 2L * got));
            }
            int before = got;
            got += read(body, got, Math.min(body.length, got + CHUNK));
            if (got == before) {
                throw new TruncatedFrameException(got, length, "body");
            }
        }
        return body;
    }

    /** Reads until the index is reached or the stream ends; returns the number of bytes read. */
    private int read(byte[] into, int from, int until) throws IOException {
        return in.readNBytes(into, from, until - from);
    }

    private String hex() {
        return HexFormat.ofDelimiter(" ").formatHex(header);
    }

    /**
     * Returns the header as text, since it is mostly text that is written to the wrong descriptor.
     */
    private String printable() {
        StringBuilder text = new StringBuilder();
        for (byte b : header) {
            text.append(b >= ' ' && b < 0x7F ? (char) b : '.');
        }
        return text.toString();
    }
}
