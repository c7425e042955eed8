package dev.pogo.process.wire;

import dev.pogo.util.SpinLock;

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
 * A file in memory that a pool's workers have mapped. The first half has one region for the
 * responses of each worker; the rest is a {@link Ring} for requests. May be used by any thread that
 * is never interrupted: an interrupt would close the file.
 *
 * <p>The JDK unlinks the file when it opens it, so that nothing is left however this process ends.
 * The workers reach it through the descriptor in {@code /proc}.
 *
 * <p>This side does not map the file. It reads and writes by position, which is slower than a
 * mapping but still several times as fast as a pipe. In return, closing the file releases the
 * memory at once, where a mapping stays until it is collected; and a worker that truncates the file
 * only makes a read fall short, where it would otherwise kill this process.
 */
public final class SharedMemory implements AutoCloseable {
    /** Minimum size for each worker, half of it for its responses and half for requests. */
    public static final long LEAST_PER_WORKER = 128 << 10;

    /** Prefix of the file's name. */
    public static final String NAME = "pogo-worker-";

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** Number of bytes copied at once, as the JDK keeps a buffer of this size for each thread. */
    private static final int CHUNK = 1 << 17;

    private final FileChannel file;
    private final Path path;
    private final long size;
    private final long answersEach;
    private final int workers;

    /** Guards {@link #ring} and {@link #answers}. No other lock is taken under it. */
    private final SpinLock lock = SpinLock.outer();

    private final Ring ring;

    /** Regions for responses that are taken. */
    private final BitSet answers = new BitSet();

    /**
     * Allocates the memory.
     *
     * @throws IOException if not that much is available
     */
    public SharedMemory(long size, int workers) throws IOException {
        this.size = size;
        this.workers = workers;
        this.answersEach = size / 2 / workers / Ring.ALIGNMENT * Ring.ALIGNMENT;
        this.ring = new Ring(new Region(answersEach * workers, size - answersEach * workers));
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

    /**
     * Allocates all pages now, as a page that is unavailable later kills the process that touches
     * it in a mapping.
     */
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

    /**
     * Returns the path of the file's descriptor. The JDK does not reveal its number, but the system
     * does.
     */
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

    /** Returns the path at which another process of this user can open the file. */
    public Path path() {
        return path;
    }

    /**
     * Takes a region for a worker's responses; returns null if there are more workers than regions.
     */
    public @Nullable Region takeAnswers() {
        lock.lock();
        try {
            int free = answers.nextClearBit(0);
            if (free >= workers) {
                return null;
            }
            answers.set(free);
            return new Region(free * answersEach, answersEach);
        } finally {
            lock.unlock();
        }
    }

    /** Frees the region of a worker that has ended. */
    public void freeAnswers(Region region) {
        lock.lock();
        try {
            answers.clear((int) (region.offset() / answersEach));
        } finally {
            lock.unlock();
        }
    }

    /** Takes a region for a request; returns null if there is no room. */
    public @Nullable Region take(int bytes) {
        lock.lock();
        try {
            return ring.take(bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Frees the region of a request that is answered, or whose worker has ended. */
    public void free(Region region) {
        lock.lock();
        try {
            ring.free(region);
        } finally {
            lock.unlock();
        }
    }

    public void write(Region region, byte[] bytes) throws IOException {
        for (int done = 0; done < bytes.length; ) {
            int length = Math.min(CHUNK, bytes.length - done);
            done += file.write(ByteBuffer.wrap(bytes, done, length), region.offset() + done);
        }
    }

    public byte[] read(long offset, int length) throws IOException {
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

    public long size() {
        return size;
    }

    public long used() {
        lock.lock();
        try {
            return ring.used() + answers.cardinality() * answersEach;
        } finally {
            lock.unlock();
        }
    }

    public long fragmented() {
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
