package dev.pogo.process;

import dev.pogo.LocalWorker;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.json.JsonBinding;
import dev.pogo.json.NotJsonException;
import dev.pogo.process.wire.Frame;
import dev.pogo.process.wire.FrameReader;
import dev.pogo.process.wire.FrameType;
import dev.pogo.process.wire.Hello;
import dev.pogo.process.wire.ProtocolException;
import dev.pogo.process.wire.Region;
import dev.pogo.process.wire.SharedMemory;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The program of a worker process that runs job classes, one after the other, on its main thread.
 * {@link ProcessWorkers#jvm()} starts it; to pass options to the JVM, name it in a command:
 *
 * <pre>{@code
 * "worker": { "command": ["java", "-Xmx200m", "-cp", "app.jar", "dev.pogo.process.JvmWorker"] }
 * }</pre>
 *
 * <p>If Pogo is a module: {@code ["java", "-p", "mods", "--add-modules", "acme", "-m",
 * "dev.pogo/dev.pogo.process.JvmWorker"]}.
 *
 * <p>It loads any class that its host names, because the host has checked the name. An error of the
 * JVM itself, such as running out of memory, ends the process; a stack overflow fails only the job.
 */
public final class JvmWorker {
    private static final JsonBinding JSON = new JsonBinding();

    private final InputStream in;
    private final OutputStream out;

    /** Null unless the host has announced shared memory. */
    private @Nullable RandomAccessFile memory;

    private Region answers = new Region(0, 0);

    private JvmWorker(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Runs jobs until the host requests shutdown, or is gone.
     *
     * @param args none
     */
    public static void main(String[] args) {
        int status = 1;
        try (InputStream in = new BufferedInputStream(new FileInputStream(pipe(3)));
                OutputStream out = new FileOutputStream(pipe(4))) {
            new JvmWorker(in, out).work();
            status = 0;
        } catch (NoHostException e) {
            System.err.println(
                    "This is a worker process for Pogo, which starts it with descriptors 3 and 4.");
            status = 2;
        } catch (IOException e) {
            // The host is gone, so nothing would read an error.
        } finally {
            Runtime.getRuntime().halt(status); // even if jobs have left threads running
        }
    }

    /** Thrown if the process was not started by a host. */
    private static final class NoHostException extends IOException {
        @Serial private static final long serialVersionUID = 1;
    }

    /** Checks the type, because the JVM may have opened its own files under these numbers. */
    private static String pipe(int descriptor) throws NoHostException {
        Path path = Path.of("/proc/self/fd/" + descriptor);
        try {
            if (Files.readSymbolicLink(path).toString().startsWith("pipe:")) {
                return path.toString();
            }
        } catch (IOException e) {
            // refused below
        }
        throw new NoHostException();
    }

    private void work() throws IOException {
        send(
                FrameType.HELLO,
                text(
                        Map.of(
                                "protocol_version",
                                Hello.PROTOCOL_VERSION,
                                "pid",
                                ProcessHandle.current().pid(),
                                "capabilities",
                                List.of(Hello.SHARED_MEMORY))));
        LocalWorker jobs = new LocalWorker(name -> true);
        FrameReader frames = new FrameReader(in, Integer.MAX_VALUE);
        try {
            Frame frame;
            while ((frame = frames.read(bytes -> {})) != null) {
                switch (frame.type()) {
                    case HELLO -> greeted(frame);
                    case DATA -> answer(jobs, frame.body());
                    case SHARED -> answer(jobs, read(frame));
                    case SHUT_DOWN -> {
                        return;
                    }
                    default -> throw new ProtocolException("a frame of type " + frame.type());
                }
            }
        } catch (ProtocolException e) {
            send(
                    FrameType.FATAL,
                    ("the host sent " + e.getMessage()).getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Opens the shared memory only if the hello announces it; otherwise descriptor 5 may be a file
     * of the JVM itself.
     */
    private void greeted(Frame hello) throws ProtocolException {
        try {
            if (JSON.parse(hello.body()) instanceof Map<?, ?> members
                    && members.get("shm") instanceof Map<?, ?> mine
                    && mine.get("offset") instanceof Number offset
                    && mine.get("length") instanceof Number length) {
                answers = new Region(offset.longValue(), length.longValue());
                memory = openMemory();
            }
        } catch (NotJsonException e) {
            throw new ProtocolException("a hello that is not JSON: " + e.getMessage());
        } catch (IOException e) {
            throw new ProtocolException(
                    "a hello with shared memory, but descriptor 5 cannot be opened: " + e);
        }
    }

    private static RandomAccessFile openMemory() throws IOException {
        Path path = Path.of("/proc/self/fd/5");
        Path target = Files.readSymbolicLink(path);
        if (!target.getFileName().toString().startsWith(SharedMemory.NAME)) {
            throw new IOException("it is " + target);
        }
        return new RandomAccessFile(path.toFile(), "rw");
    }

    private byte[] read(Frame place) throws IOException, ProtocolException {
        if (memory == null) {
            throw new ProtocolException(
                    "a request in shared memory, which its hello did not announce");
        }
        byte[] body = new byte[(int) place.length()];
        memory.seek(place.offset());
        memory.readFully(body);
        return body;
    }

    private void answer(LocalWorker jobs, byte[] request) throws IOException {
        WorkerResponse response;
        byte[] body;
        try {
            response = jobs.handle(WorkerRequest.parse(request));
            body = response.toJson();
        } catch (InterruptedException e) {
            response = WorkerResponse.failure(e.toString());
            body = response.toJson();
        } catch (VirtualMachineError e) {
            send(FrameType.FATAL, e.toString().getBytes(StandardCharsets.UTF_8));
            return;
        } catch (RuntimeException e) {
            response = WorkerResponse.failure(e.toString());
            body = response.toJson();
        }
        if (!response.ok()) {
            send(FrameType.ERROR, body);
        } else if (memory != null
                && body.length > Request.DIRECT
                && body.length <= answers.length()) {
            memory.seek(answers.offset());
            memory.write(body);
            send(Frame.shared(answers.offset(), body.length));
        } else {
            send(FrameType.DATA, body);
        }
    }

    private void send(FrameType type, byte[] body) throws IOException {
        send(new Frame(type, body));
    }

    private void send(Frame frame) throws IOException {
        byte[] bytes = new byte[Frame.HEADER + frame.body().length];
        System.arraycopy(frame.header(), 0, bytes, 0, Frame.HEADER);
        System.arraycopy(frame.body(), 0, bytes, Frame.HEADER, frame.body().length);
        out.write(bytes);
    }

    private static byte[] text(Map<String, Object> members) {
        try {
            return JSON.text(members);
        } catch (NotJsonException e) {
            throw new AssertionError(e);
        }
    }
}
