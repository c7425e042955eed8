package dev.pogo.process;

import dev.pogo.sync.BriefLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.UUID;

/**
 * A file in memory that a pool's workers have mapped. The first half has one area for the answers
 * of each worker, the rest is a {@link Ring} for requests. May be used by any thread, but only by
 * those that nobody interrupts: an interrupt would close the file.
 *
 * <p>The JDK unlinks the file when it opens it, so that nothing is left when this process ends, how
 * ever that may be. The workers reach it through the descriptor in {@code /proc}.
 *
 * <p>This side does not map it. It reads and writes by position, which is slower than a mapping but
 * still several times as fast as a pipe; and then closing it gives the memory back at once, where a
 * mapping stays until it is collected, and a worker that truncates the file makes a read fall
 * short, where it would otherwise kill this process.
 */
final class SharedMemory implements AutoCloseable {
    /** A worker has at least this much for its answers, and as much again for requests. */
    static final long LEAST_PER_WORKER = 128 << 10;

    /** What the file's name begins with. */
    static final String NAME = "pogo-worker-";

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** How much is copied at once, as the JDK keeps a buffer of this size for each thread. */
    private static final int CHUNK = 1 << 17;

    private final FileChannel file;
    private final Path path;
    private final long size;
    private final long answersEach;
    private final int workers;

    /** Guards {@link #ring} and {@link #answers}; no other lock is taken under it. */
    private final BriefLock lock = BriefLock.outer();

    private final Ring ring;

    /** Which areas for answers are taken. */
    private final BitSet answers = new BitSet();

    /**
     * Takes the memory.
     *
     * @throws IOException if there is not as much
     */
    SharedMemory(long size, int workers) throws IOException {
        this.size = size;
        this.workers = workers;
        this.answersEach = size / 2 / workers / Ring.ALIGNMENT * Ring.ALIGNMENT;
        this.ring = new Ring(new Area(answersEach * workers, size - answersEach * workers));
        Path folder = folder();
        String name = NAME + UUID.randomUUID();
        try {
            this.file =
                    FileChannel.open(
                            folder.resolve(name),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw notHad(folder, e);
        }
        try {
            reserve(folder);
            this.path = descriptor(name);
        } catch (IOException e) {
            file.close();
            throw notHad(folder, e);
        }
    }

    private static Path folder() {
        Path memory = Path.of("/dev/shm");
        return Files.isDirectory(memory) && Files.isWritable(memory)
                ? memory
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private IOException notHad(Path folder, IOException e) {
        return new IOException(
                "the %d bytes of shm_size cannot be had in %s: %s; a container may have to be given"
                                .formatted(size, folder, e.getMessage())
                        + " more there, see docker run --shm-size",
                e);
    }

    /** Now, as a page that cannot be had later kills whoever touches it in a mapping. */
    private void reserve(Path folder) throws IOException {
        long usable = Files.getFileStore(folder).getUsableSpace();
        if (usable < size) {
            throw new IOException("there are " + usable);
        }
        ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
        for (long at = 0; at < size; ) {
            zeros.clear().limit((int) Math.min(CHUNK, size - at));
            at += file.write(zeros, at);
        }
    }

    /** The JDK does not tell the number of a descriptor, but the system does. */
    private static Path descriptor(String name) throws IOException {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                if (target(descriptor).contains(name)) {
                    return Path.of(
                            "/proc/%d/fd/%s"
                                    .formatted(
                                            ProcessHandle.current().pid(),
                                            descriptor.getFileName()));
                }
            }
        }
        throw new IOException("its descriptor is not in " + DESCRIPTORS);
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    /** Where another process of this user can open it. */
    Path path() {
        return path;
    }

    /** Takes an area for a worker's answers; null if there are more workers than areas. */
    @Nullable Area takeAnswers() {
        lock.lock();
        try {
            int free = answers.nextClearBit(0);
            if (free >= workers) {
                return null;
            }
            answers.set(free);
            return new Area(free * answersEach, answersEach);
        } finally {
            lock.unlock();
        }
    }

    /** Of a worker that has ended. */
    void freeAnswers(Area area) {
        lock.lock();
        try {
            answers.clear((int) (area.offset() / answersEach));
        } finally {
            lock.unlock();
        }
    }

    /** Takes an area for a request; null if there is no room. */
    @Nullable Area take(int bytes) {
        lock.lock();
        try {
            return ring.take(bytes);
        } finally {
            lock.unlock();
        }
    }

    /** When the request is answered, or its worker has ended. */
    void free(Area area) {
        lock.lock();
        try {
            ring.free(area);
        } finally {
            lock.unlock();
        }
    }

    void write(Area area, byte[] bytes) throws IOException {
        for (int done = 0; done < bytes.length; ) {
            int length = Math.min(CHUNK, bytes.length - done);
            done += file.write(ByteBuffer.wrap(bytes, done, length), area.offset() + done);
        }
    }

    byte[] read(long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length; ) {
            int chunk = Math.min(CHUNK, length - done);
            int read = file.read(ByteBuffer.wrap(bytes, done, chunk), offset + done);
            if (read < 0) {
                throw new IOException("shared memory was truncated at " + (offset + done));
            }
            done += read;
        }
        return bytes;
    }

    long size() {
        return size;
    }

    long used() {
        lock.lock();
        try {
            return ring.used() + answers.cardinality() * answersEach;
        } finally {
            lock.unlock();
        }
    }

    long fragmented() {
        lock.lock();
        try {
            return ring.fragmented();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
