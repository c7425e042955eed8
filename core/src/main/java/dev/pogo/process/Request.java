package dev.pogo.process;

import dev.pogo.process.wire.Frame;
import dev.pogo.process.wire.FrameType;
import dev.pogo.process.wire.Region;
import dev.pogo.process.wire.SharedMemory;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * A request on its way to a worker: through the pipe, or through shared memory with a frame in the
 * pipe that refers to it. One thread writes it.
 */
final class Request {
    /**
     * The number of bytes that any pipe holds, so that a write of at most this many to a worker
     * that waits for it does not block.
     */
    static final int DIRECT = 4096;

    private static final int CHUNK = 1 << 16;

    private final Frame frame;

    /** Null if the request goes through the pipe. */
    private final @Nullable SharedMemory memory;

    /** Region of the request in shared memory, or null; written before the request is sent. */
    private volatile @Nullable Region region;

    /** Whether the worker may have received part of the request. */
    private volatile boolean received;

    Request(byte[] body, @Nullable SharedMemory memory) {
        this.frame = new Frame(FrameType.DATA, body);
        this.memory = isShort() ? null : memory;
    }

    /** Returns whether the request can be written without blocking. */
    boolean isShort() {
        return Frame.HEADER + frame.body().length <= DIRECT;
    }

    int length() {
        return frame.body().length;
    }

    boolean mayBeReceived() {
        return received;
    }

    /**
     * Writes the request. The first piece is written as a whole or not at all: if that write fails,
     * the worker has received nothing.
     */
    void write(OutputStream out) throws IOException {
        Frame sent = inMemory();
        byte[] body = sent.body();
        int first = Math.min(body.length, DIRECT - Frame.HEADER);
        byte[] begin = Arrays.copyOf(sent.header(), Frame.HEADER + first);
        System.arraycopy(body, 0, begin, Frame.HEADER, first);
        out.write(begin);
        out.flush();
        received = true;
        for (int done = first; done < body.length; ) {
            int length = Math.min(CHUNK, body.length - done);
            out.write(body, done, length);
            out.flush();
            done += length;
        }
    }

    /** Returns the frame to write to the pipe: the request itself if shared memory has no room. */
    private Frame inMemory() throws IOException {
        if (memory == null) {
            return frame;
        }
        Region taken = memory.take(frame.body().length);
        if (taken == null) {
            return frame;
        }
        region = taken;
        memory.write(taken, frame.body());
        return Frame.shared(taken.offset(), frame.body().length);
    }

    /** Frees the shared memory of the request, once the worker no longer reads it. */
    void free() {
        Region taken = region;
        if (taken != null && memory != null) {
            memory.free(taken);
        }
    }
}
