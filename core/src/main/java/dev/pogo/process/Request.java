package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * A request on its way to a worker: by the pipe, or by shared memory with a word about it in the
 * pipe. One thread writes it.
 */
final class Request {
    /**
     * As much as any pipe holds, so that a write of no more than this to a worker that waits for it
     * does not block.
     */
    static final int DIRECT = 4096;

    private static final int CHUNK = 1 << 16;

    private final Frame frame;

    /** Null if the request is to go by the pipe. */
    private final @Nullable SharedMemory memory;

    /** Where it is in shared memory, or null; written before it is sent. */
    private volatile @Nullable Area area;

    /** Whether the worker may have received some of it. */
    private volatile boolean received;

    Request(byte[] body, @Nullable SharedMemory memory) {
        this.frame = new Frame(FrameType.DATA, body);
        this.memory = isShort() ? null : memory;
    }

    /** Whether writing it does not block. */
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
     * Writes it. It begins with a piece that is written as a whole or not at all: if that fails,
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

    /** What is written to the pipe: the request itself where there is no room in memory. */
    private Frame inMemory() throws IOException {
        if (memory == null) {
            return frame;
        }
        Area taken = memory.take(frame.body().length);
        if (taken == null) {
            return frame;
        }
        area = taken;
        memory.write(taken, frame.body());
        return Frame.shared(taken.offset(), frame.body().length);
    }

    /** The worker does not read it any more. */
    void free() {
        Area taken = area;
        if (taken != null && memory != null) {
            memory.free(taken);
        }
    }
}
