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
    private static final int FLAGS = 6;
    private static final int STARTED = 19;

    /** In the flags. */
    private static final long EXITING = 0x0000_0004;

    private static final long KERNEL_THREAD = 0x0020_0000;

    private final long worker;
    private final byte[] mark;

    /** When the worker was started, in the system's ticks: what is older is none of its. */
    private final long since;

    /**
     * What was seen to be none of the worker's, by pid, and when it was started: such a process is
     * not waited for on its way to its end. For {@link #killRest}'s thread.
     */
    private final Map<Long, String> strangers = new HashMap<>();

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
     * Whether the process is on its way to its end, or gone; on a machine with much to do it may
     * take a while until its parent is told.
     */
    static boolean isExiting(long pid) {
        String[] stat = stat(pid);
        return stat.length <= FLAGS || (Long.parseLong(stat[FLAGS]) & EXITING) != 0;
    }

    /**
     * Kills all, and what they start meanwhile, until there is nothing left. Bounded, as a process
     * may be stuck in the system.
     */
    void killRest() {
        Rest rest = look();
        for (int round = 0; !rest.isNothing() && round < MAX_ROUNDS; round++) {
            for (long pid : rest.pids()) {
                // The handle knows when its process was started, and kills no later one.
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
     * What there is.
     *
     * @param pids what belongs to the worker
     * @param unsure whether there is something that might
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

    /** Whose a process is. */
    private enum Kin {
        OWN,
        STRANGER,
        /** To be looked at again. */
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
        // Has it just become another program, then there is one now.
        return isBeingMade(pid) || isExiting(pid) || environment(pid).length > 0
                ? Kin.UNSURE
                : Kin.STRANGER;
    }

    /** Alive, not older, and no thread of the system's own. */
    private boolean mayBelong(String[] stat) {
        return stat.length > STARTED
                && !stat[STATE].equals("Z")
                && Long.parseLong(stat[STARTED]) >= since
                && (Long.parseLong(stat[FLAGS]) & KERNEL_THREAD) == 0;
    }

    /**
     * Whether it is just becoming another program: for a moment it has neither. On its way to its
     * end it has none either, or cannot be asked.
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

    /** Empty too if it cannot be had. */
    private static byte[] environment(long pid) {
        try {
            return Files.readAllBytes(PROC.resolve(pid + "/environ"));
        } catch (IOException endedOrAnotherUsers) {
            return new byte[0];
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
