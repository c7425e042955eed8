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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The processes that a worker has started and left behind, wherever they are: they are still in the
 * worker's session, or have the worker's mark in their environment, like a daemon that has begun a
 * session of its own. Their parent does not identify them, as it changes once the worker has ended.
 */
final class ProcessTree {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
    private static final Path PROC = Path.of("/proc");
    private static final int MAX_ROUNDS = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * Indexes of the fields of {@code /proc/PID/stat}, counted from the one after the command's
     * name.
     */
    private static final int STATE = 0;

    private static final int GROUP = 2;
    private static final int SESSION = 3;
    private static final int FLAGS = 6;
    private static final int STARTED = 19;

    /** Bits of the flags. */
    private static final long EXITING = 0x0000_0004;

    private static final long KERNEL_THREAD = 0x0020_0000;

    private final long worker;
    private final byte[] mark;

    /**
     * Time at which the worker was started, in the system's clock ticks. Older processes are not
     * its own.
     */
    private final long since;

    /**
     * Start times by pid of the processes that were seen not to be the worker's. Such a process is
     * not waited for while it exits. For the thread of {@link #killRest} only.
     */
    private final Map<Long, String> strangers = new HashMap<>();

    /**
     * Must be created while the worker is alive.
     *
     * @param worker its pid, which is also the id of its session
     * @param mark the value in its environment that no other worker has
     */
    ProcessTree(long worker, String mark) {
        this.worker = worker;
        this.mark = (Launcher.MARK + "=" + mark + "\0").getBytes(StandardCharsets.UTF_8);
        String[] stat = stat(worker);
        this.since = stat.length > STARTED ? Long.parseLong(stat[STARTED]) : 0;
    }

    /**
     * Returns whether the process is exiting or gone. On a busy machine it may take a while until
     * its parent is notified.
     */
    static boolean isExiting(long pid) {
        String[] stat = stat(pid);
        return stat.length <= FLAGS || (Long.parseLong(stat[FLAGS]) & EXITING) != 0;
    }

    /**
     * Kills all of the processes, and those that they start meanwhile, until none is left. Bounded,
     * as a process may be stuck in the system.
     */
    void killRest() {
        Rest rest = look();
        for (int round = 0; !rest.isNothing() && round < MAX_ROUNDS; round++) {
            for (long pid : rest.pids()) {
                // The handle knows the start time of its process, and kills no later one.
                ProcessHandle.of(pid)
                        .filter(handle -> kin(pid, stat(pid)) == Kin.OWN)
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
            LockSupport.parkNanos(this, PAUSE_NANOS);
            rest = look();
        }
        if (!rest.pids().isEmpty()) {
            LOG.warn("What process {} has started cannot be killed: {}", worker, rest.pids());
        }
    }

    /**
     * The processes that were found.
     *
     * @param pids those that belong to the worker
     * @param unsure whether there is one that might
     */
    private record Rest(List<Long> pids, boolean unsure) {
        boolean isNothing() {
            return pids.isEmpty() && !unsure;
        }
    }

    private Rest look() {
        List<Long> pids = new ArrayList<>();
        boolean unsure = false;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                String[] stat = stat(pid);
                if (isKnownStranger(pid, stat)) {
                    continue;
                }
                switch (kin(pid, stat)) {
                    case OWN -> pids.add(pid);
                    case UNSURE -> unsure = true;
                    case STRANGER -> {
                        if (stat.length > STARTED) {
                            strangers.put(pid, stat[STARTED]);
                        }
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("What process {} has left behind is not known", worker, e);
        }
        return new Rest(pids, unsure);
    }

    private boolean isKnownStranger(long pid, String[] stat) {
        return stat.length > STARTED && stat[STARTED].equals(strangers.get(pid));
    }

    /** The relation of a process to the worker. */
    private enum Kin {
        OWN,
        STRANGER,
        /** Has to be looked at again. */
        UNSURE
    }

    private Kin kin(long pid, String[] stat) {
        if (!mayBelong(stat)) {
            return Kin.STRANGER;
        }
        if (stat[SESSION].equals(Long.toString(worker))
                || stat[GROUP].equals(Long.toString(worker))) {
            return Kin.OWN;
        }
        byte[] environment = environment(pid);
        if (environment.length > 0) {
            return indexOf(environment, mark) >= 0 ? Kin.OWN : Kin.STRANGER;
        }
        // If it has just become another program, it has an environment now.
        return isBeingMade(pid) || isExiting(pid) || environment(pid).length > 0
                ? Kin.UNSURE
                : Kin.STRANGER;
    }

    /** Returns whether the process is alive, not older than the worker, and not a kernel thread. */
    private boolean mayBelong(String[] stat) {
        return stat.length > STARTED
                && !stat[STATE].equals("Z")
                && Long.parseLong(stat[STARTED]) >= since
                && (Long.parseLong(stat[FLAGS]) & KERNEL_THREAD) == 0;
    }

    /**
     * Returns whether the process is just becoming another program: for a moment it then has
     * neither environment nor command line. An exiting process has none either, or cannot be read.
     */
    private static boolean isBeingMade(long pid) {
        return isEmpty(pid, "environ") && isEmpty(pid, "cmdline");
    }

    private static boolean isEmpty(long pid, String file) {
        try {
            return Files.readAllBytes(PROC.resolve(pid + "/" + file)).length == 0;
        } catch (IOException endedOrAnotherUsers) {
            return false;
        }
    }

    /** Returns the environment of the process; also empty if it cannot be read. */
    private static byte[] environment(long pid) {
        try {
            return Files.readAllBytes(PROC.resolve(pid + "/environ"));
        } catch (IOException endedOrAnotherUsers) {
            return new byte[0];
        }
    }

    /**
     * Returns the fields after the command's name, which may contain blanks; none if the process
     * has ended.
     */
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
