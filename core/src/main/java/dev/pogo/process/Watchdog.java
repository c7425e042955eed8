package dev.pogo.process;

import dev.pogo.util.Uninterruptibles;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A shell process beside the workers of a pool, which briefly outlives this process. It reads from
 * a pipe whose other end only this process has. When the pipe ends, however this process has ended,
 * it kills all workers. On request it also kills one worker's process group, which the JDK cannot
 * do. May be used by any thread.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    /**
     * Keeps the list of groups: {@code + 7} adds one, {@code - 7} removes it, {@code k 7} kills it.
     * At the end it kills the groups that are left, and then every process that has the workers'
     * mark in its environment, since it may have left its group. It repeats this, since a process
     * that is being killed may start others, but not for ever, since a process that is stuck in the
     * system cannot be killed.
     *
     * <p>Groups are killed by {@code kill -s KILL --}, since some shells reject the dashes of
     * {@code kill -9 --} as not being a number.
     */
    private static final String SCRIPT =
            """
            groups=
            while read -r what group; do
                case $what in
                    +) groups="$groups $group" ;;
                    k) kill -s KILL -- "-$group" ;;
                    -) rest=
                       for one in $groups; do
                           [ "$one" = "$group" ] || rest="$rest $one"
                       done
                       groups=$rest ;;
                esac
            done
            for one in $groups; do
                kill -s KILL -- "-$one"
            done
            round=0
            while [ $round -lt 50 ] \\
                && left=$(grep -lsaF -e "$1." /proc/[0-9]*/environ || :) && [ -n "$left" ]; do
                for one in $left; do
                    one=${one#/proc/}
                    kill -9 "${one%/environ}"
                done
                round=$((round + 1))
                sleep 0.1
            done
            """;

    /** Longest time to wait for its end, which comes at once if its workers have ended before. */
    private static final long END_MILLIS = 2_000;

    private final Launcher launcher;

    /**
     * Groups that the watchdog has not been told to kill yet. It is told by a thread that holds the
     * lock, or acquires it without waiting.
     */
    private final Queue<Long> toKill = new ConcurrentLinkedQueue<>();

    /**
     * Guards all fields below. Held while the watchdog is started and written to, which may take a
     * while, so threads queue for this lock; but only platform threads do, those of monitors and of
     * the supervisor. Among the threads that have something to kill are virtual threads, and one at
     * the head of the queue with no carrier thread to run on would keep all others from starting
     * and killing.
     */
    private final ReentrantLock lock = new ReentrantLock();

    /** Groups of the workers that may be alive. */
    private final Set<Long> groups = new LinkedHashSet<>();

    private @Nullable Process process;
    private boolean closed;

    Watchdog(Launcher launcher) {
        this.launcher = launcher;
    }

    /**
     * Ensures that the watchdog runs. Called before a worker is started.
     *
     * @throws IOException if it cannot be started
     */
    void ensureRunning() throws IOException {
        Process ended = null;
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the pool's workers are closed");
            }
            if (process == null || !process.isAlive()) {
                ended = process;
                process = launcher.startWatchdog(SCRIPT);
                for (long group : groups) {
                    tell('+', group);
                }
            }
        } finally {
            unlock();
        }
        if (ended != null) {
            closeStream(ended);
            LOG.warn("The watchdog of worker processes ended, {}; another one was started", ended);
        }
    }

    /** Adds a group, which from now on is killed if this process ends. */
    void add(long group) {
        lock.lock();
        try {
            groups.add(group);
            tell('+', group);
        } finally {
            unlock();
        }
    }

    /** Removes a group of which no process is left. */
    void remove(long group) {
        lock.lock();
        try {
            groups.remove(group);
            tell('-', group);
        } finally {
            unlock();
        }
    }

    /**
     * Kills a group shortly afterwards, if the watchdog runs and any process of the group is left.
     */
    void kill(long group) {
        toKill.add(group);
        tellToKill();
    }

    /** Releases the lock; a thread that added to the queue meanwhile relies on its holder. */
    private void unlock() {
        lock.unlock();
        tellToKill();
    }

    private void tellToKill() {
        while (!toKill.isEmpty() && lock.tryLock()) {
            try {
                Long group;
                while ((group = toKill.poll()) != null) {
                    if (groups.contains(group)) {
                        tell('k', group);
                    }
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Must be called with the lock held. */
    private void tell(char what, long group) {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            OutputStream out = running.getOutputStream();
            out.write((what + " " + group + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException e) {
            // The watchdog has ended, and is started again before the next worker.
        }
    }

    /**
     * Lets the watchdog kill what is left and end. Waits for its end, so that no process is left
     * over.
     */
    @Override
    public void close() {
        Process last;
        lock.lock();
        try {
            closed = true;
            last = process;
            process = null;
        } finally {
            unlock();
        }
        if (last == null) {
            return;
        }
        closeStream(last);
        if (!Uninterruptibles.forExit(last, END_MILLIS)) {
            LOG.warn(
                    "The watchdog of worker processes, {}, is killed: it has not ended within {}"
                            + " ms",
                    last.pid(),
                    END_MILLIS);
            last.destroyForcibly();
            Uninterruptibles.forExit(last);
        }
    }

    private static void closeStream(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("The pipe to a watchdog could not be closed", e);
        }
    }
}
