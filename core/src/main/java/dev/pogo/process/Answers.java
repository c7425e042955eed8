package dev.pogo.process;

import dev.pogo.process.TimeLimits.Limit;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a worker says, frame by frame, from its hello to the end of its pipe. Run by the worker's
 * reader, which never waits for anything but the pipe.
 */
final class Answers {
    private final WorkerProcess worker;
    private final Settings settings;
    private final TimeLimits limits;
    private final @Nullable SharedMemory memory;

    /** Where in it the answers may be, null if nowhere. */
    private final @Nullable Area area;

    private boolean sharesMemory;

    Answers(
            WorkerProcess worker,
            Settings settings,
            TimeLimits limits,
            @Nullable SharedMemory memory,
            @Nullable Area area) {
        this.worker = worker;
        this.settings = settings;
        this.limits = limits;
        this.memory = memory;
        this.area = area;
    }

    /**
     * Reads until the pipe ends.
     *
     * @throws ProtocolException if the worker says what it may not
     */
    void read(InputStream pipe) throws IOException, ProtocolException {
        FrameReader in = new FrameReader(pipe, settings.maxFrame());
        Frame frame = next(in);
        if (frame != null) {
            greet(frame);
            while ((frame = next(in)) != null) {
                take(frame);
            }
        }
    }

    private @Nullable Frame next(FrameReader in) throws IOException, ProtocolException {
        Frame frame = in.read(bytes -> limits.begin(Limit.RECEIVE, settings.nanosOnTheWay(bytes)));
        limits.end(Limit.RECEIVE);
        return frame;
    }

    private void greet(Frame frame) throws IOException, ProtocolException {
        if (frame.type() != FrameType.HELLO) {
            throw new ProtocolException(
                    "a frame of type %s instead of a hello".formatted(frame.type()));
        }
        Hello hello = Hello.parse(frame.body());
        sharesMemory = hello.sharedMemory() && area != null;
        worker.greet(
                Hello.answer(settings.pool(), settings.maxFrame(), sharesMemory ? area : null),
                sharesMemory);
    }

    private void take(Frame frame) throws IOException, ProtocolException {
        switch (frame.type()) {
            case DATA, ERROR -> worker.answered(frame);
            case SHARED -> worker.answered(new Frame(FrameType.DATA, shared(frame)));
            case FATAL ->
                    worker.doom(
                            RestartCause.FATAL,
                            "was killed because it said that it cannot go on: "
                                    + new String(frame.body(), StandardCharsets.UTF_8));
            default ->
                    throw new ProtocolException(
                            "a frame of type %s instead of an answer".formatted(frame.type()));
        }
    }

    private byte[] shared(Frame place) throws IOException, ProtocolException {
        if (memory == null || area == null || !sharesMemory) {
            throw new ProtocolException("an answer in shared memory, which it has not got");
        }
        if (place.length() > settings.maxFrame()) {
            throw new ProtocolException(
                    "an answer of %d bytes in shared memory, where max_frame allows %d"
                            .formatted(place.length(), settings.maxFrame()));
        }
        if (!area.contains(place.offset(), place.length())) {
            throw new ProtocolException(
                    "an answer of %d bytes at %d in shared memory, where it has %d at %d"
                            .formatted(
                                    place.length(), place.offset(), area.length(), area.offset()));
        }
        return memory.read(place.offset(), (int) place.length());
    }
}
