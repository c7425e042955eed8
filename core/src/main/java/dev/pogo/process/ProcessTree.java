package dev.pogo.process;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a worker has started and left behind, wherever it has gone: it is still in the worker's
 * session, or it has the worker's mark in its environment, as a daemon that has begun a session of
 * its own. Its parent is of no use, as that is another one once the worker has ended.
 */
final class ProcessTree {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
    private static final Path PROC = Path.of("/proc");
    private static final int MAX_ROUNDS = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Fields of {@code /proc/PID/stat}, counted from the one after the command's name. */
    private static final int STATE = 0;

    private static final int GROUP = 2;
    private static final int SESSION = 3;
    private static final int STARTED = 19;

    private final long worker;
    private final byte[] mark;

    /** When the worker was started, in the system's ticks: what is older is none of its. */
    private final long since;

    /**
     * To be made while the worker is alive.
     *
     * @param worker its pid, which is also that of its session
     * @param mark what stands in its environment, and in no other worker's
     */
    ProcessTree(long worker, String mark) {
        this.worker = worker;
        this.mark = (Launcher.MARK + "=" + mark + "\0").getBytes(StandardCharsets.UTF_8);
        String[] stat = stat(worker);
        this.since = stat.length > STARTED ? Long.parseLong(stat[STARTED]) : 0;
    }

    /**
     * Kills all, and what they start meanwhile, until there is nothing left. Bounded, as a process
     * may be stuck in the system.
     */
    void killRest() {
        List<Long> rest = rest();
        for (int round = 0; !rest.isEmpty() && round < MAX_ROUNDS; round++) {
            for (long pid : rest) {
                // The handle knows when its process was started, and kills no later one.
                ProcessHandle.of(pid)
                        .filter(handle -> belongs(pid))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
            LockSupport.parkNanos(this, PAUSE_NANOS);
            rest = rest();
        }
        if (!rest.isEmpty()) {
            LOG.warn("What worker process {} has started cannot be killed: {}", worker, rest);
        }
    }

    private List<Long> rest() {
        List<Long> rest = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (belongs(pid)) {
                    rest.add(pid);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("What worker process {} has left behind is not known", worker, e);
        }
        return rest;
    }

    private boolean belongs(long pid) {
        String[] stat = stat(pid);
        if (stat.length <= STARTED
                || stat[STATE].equals("Z")
                || Long.parseLong(stat[STARTED]) < since) {
            return false;
        }
        return stat[SESSION].equals(Long.toString(worker))
                || stat[GROUP].equals(Long.toString(worker))
                || isMarked(pid);
    }

    private boolean isMarked(long pid) {
        try {
            byte[] environment = Files.readAllBytes(PROC.resolve(pid + "/environ"));
            return indexOf(environment, mark) >= 0;
        } catch (IOException endedOrAnotherUsers) {
            return false;
        }
    }

    /** The fields after the command's name, which may have blanks in it; none if it has ended. */
    private static String[] stat(long pid) {
        try {
            String line =
                    Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            return line.substring(line.lastIndexOf(')') + 2).split(" ");
        } catch (IOException ended) {
            return new String[0];
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int from = 0; from <= bytes.length - wanted.length; from++) {
            int same = 0;
            while (same < wanted.length && bytes[from + same] == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return from;
            }
        }
        return -1;
    }
}
