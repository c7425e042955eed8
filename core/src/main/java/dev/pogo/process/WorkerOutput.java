package dev.pogo.process;

import dev.pogo.util.SpinLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The standard output and error of a worker. They are logged line by line, and the last lines are
 * kept for the message about its end. One thread reads; any thread may ask for the last lines.
 */
final class WorkerOutput {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerOutput.class);
    private static final int KEPT_LINES = 20;
    private static final int MAX_LINE = 2_000;

    private final String pool;

    /** Guards {@link #last}; no other lock is taken under it. */
    private final SpinLock lock = SpinLock.outer();

    private final Deque<String> last = new ArrayDeque<>();

    /** Written before the reading thread is started. */
    private long pid;

    WorkerOutput(String pool) {
        this.pool = pool;
    }

    /** Sets the worker's process id. Must be called before the output is read. */
    void comesFrom(long process) {
        pid = process;
    }

    /** Reads until the stream ends, or is closed with the process. */
    void read(InputStream in) {
        byte[] line = new byte[MAX_LINE];
        int length = 0;
        long left = 0;
        byte[] buffer = new byte[8192];
        try {
            int read;
            while ((read = in.read(buffer)) >= 0) {
                for (int i = 0; i < read; i++) {
                    if (buffer[i] == '\n') {
                        take(line, length, left);
                        length = 0;
                        left = 0;
                    } else if (length < MAX_LINE) {
                        line[length++] = buffer[i];
                    } else {
                        left++;
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("{}/{}: its output was closed", pool, pid, e);
        }
        if (length > 0) {
            take(line, length, left);
        }
    }

    private void take(byte[] bytes, int length, long left) {
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8).stripTrailing();
        // Control characters could steer a terminal or look like another line of the log.
        String clean = text.replaceAll("[\\p{Cntrl}&&[^\\t]]", "?");
        if (clean.isEmpty()) {
            return;
        }
        String line = left == 0 ? clean : clean + "... and " + left + " more bytes";
        lock.lock();
        try {
            if (last.size() == KEPT_LINES) {
                last.removeFirst();
            }
            last.addLast(line);
        } finally {
            lock.unlock();
        }
        try {
            LOG.info("{}/{}: {}", pool, pid, line);
        } catch (Throwable e) {
            // A failing log must not keep the worker from writing.
        }
    }

    /** Returns the last lines, oldest first. */
    List<String> lastLines() {
        lock.lock();
        try {
            return List.copyOf(last);
        } finally {
            lock.unlock();
        }
    }
}
