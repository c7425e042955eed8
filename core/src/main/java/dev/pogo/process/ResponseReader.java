package dev.pogo.process;

import dev.pogo.process.TimeLimits.Limit;
import dev.pogo.process.wire.Frame;
import dev.pogo.process.wire.FrameReader;
import dev.pogo.process.wire.FrameType;
import dev.pogo.process.wire.Hello;
import dev.pogo.process.wire.ProtocolException;
import dev.pogo.process.wire.Region;
import dev.pogo.process.wire.SharedMemory;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads a worker's frames, from its hello to the end of its pipe. Run by the worker's reader
 * thread, which never waits for anything but the pipe.
 */
final class ResponseReader {
    private final WorkerProcess worker;
    private final ResolvedOptions options;
    private final TimeLimits limits;
    private final @Nullable SharedMemory memory;

    /** Region of {@link #memory} that may hold answers, or null if none does. */
    private final @Nullable Region region;

    private boolean sharesMemory;

    ResponseReader(
            WorkerProcess worker,
            ResolvedOptions options,
            TimeLimits limits,
            @Nullable SharedMemory memory,
            @Nullable Region region) {
        this.worker = worker;
        this.options = options;
        this.limits = limits;
        this.memory = memory;
        this.region = region;
    }

    /**
     * Reads until the pipe ends.
     *
     * @throws ProtocolException if the worker violates the protocol
     */
    void read(InputStream pipe) throws IOException, ProtocolException {
        FrameReader in = new FrameReader(pipe, options.maxFrame());
        Frame frame = next(in);
        if (frame != null) {
            greet(frame);
            while ((frame = next(in)) != null) {
                take(frame);
            }
        }
    }

    private @Nullable Frame next(FrameReader in) throws IOException, ProtocolException {
        Frame frame = in.read(bytes -> limits.begin(Limit.RECEIVE, options.nanosOnTheWay(bytes)));
        limits.end(Limit.RECEIVE);
        return frame;
    }

    private void greet(Frame frame) throws IOException, ProtocolException {
        if (frame.type() != FrameType.HELLO) {
            throw new ProtocolException(
                    "a frame of type %s instead of a hello".formatted(frame.type()));
        }
        Hello hello = Hello.parse(frame.body());
        sharesMemory = hello.sharedMemory() && region != null;
        worker.greet(
                Hello.answer(options.pool(), options.maxFrame(), sharesMemory ? region : null),
                sharesMemory);
    }

    private void take(Frame frame) throws IOException, ProtocolException {
        switch (frame.type()) {
            case DATA, ERROR -> worker.answered(frame);
            case SHARED -> worker.answered(new Frame(FrameType.DATA, shared(frame)));
            case FATAL ->
                    worker.doom(
                            RestartCause.FATAL,
                            "was killed because it reported a fatal error: "
                                    + new String(frame.body(), StandardCharsets.UTF_8));
            default ->
                    throw new ProtocolException(
                            "a frame of type %s instead of an answer".formatted(frame.type()));
        }
    }

    private byte[] shared(Frame place) throws IOException, ProtocolException {
        if (memory == null || region == null || !sharesMemory) {
            throw new ProtocolException(
                    "an answer in shared memory, which the worker does not have");
        }
        if (place.length() > options.maxFrame()) {
            throw new ProtocolException(
                    "an answer of %d bytes in shared memory, where max_frame allows %d"
                            .formatted(place.length(), options.maxFrame()));
        }
        if (!region.contains(place.offset(), place.length())) {
            throw new ProtocolException(
                    "an answer of %d bytes at %d in shared memory, where it has %d at %d"
                            .formatted(
                                    place.length(),
                                    place.offset(),
                                    region.length(),
                                    region.offset()));
        }
        return memory.read(place.offset(), (int) place.length());
    }
}
