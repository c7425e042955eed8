package dev.pogo.process;

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
 * A shell beside the workers of a pool, which outlives this process by a moment. It reads from a
 * pipe whose other end only this process has; when that ends, however this process has ended, it
 * kills all workers. It also kills one worker's group when told to, which the JDK cannot. May be
 * used by any thread.
 */
final class Guard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    /**
     * Keeps the list of groups: {@code + 7} adds one, {@code - 7} removes it, {@code k 7} kills it.
     * In the end it kills those that are left, and then whatever has the workers' mark in its
     * environment, as that may have left its group. This it repeats, as what is being killed may
     * start more; but not for ever, as what is stuck in the system cannot be killed.
     *
     * <p>For a group it is {@code kill -s KILL --}: of {@code kill -9 --} some shells say that the
     * dashes are no number.
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

    /** How long it may take to end, which it does at once if its workers have ended before. */
    private static final long END_MILLIS = 2_000;

    private final Launcher launcher;

    /**
     * Groups that the guard has not been told to kill yet. That is done by who has the lock, or
     * gets it without waiting.
     */
    private final Queue<Long> toKill = new ConcurrentLinkedQueue<>();

    /**
     * Guards all fields below. Held while the guard is started and written to, which may take its
     * time, and so a lock to line up for; but only platform threads do, those of keepers and of the
     * supervisor. Among those that have something to kill are virtual threads, and one at the head
     * of the line that has no carrier to run on would keep all others from starting and killing.
     */
    private final ReentrantLock lock = new ReentrantLock();

    /** The groups of the workers that may be alive. */
    private final Set<Long> groups = new LinkedHashSet<>();

    private @Nullable Process process;
    private boolean closed;

    Guard(Launcher launcher) {
        this.launcher = launcher;
    }

    /**
     * Makes sure that it runs, before a worker is started.
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
                process = launcher.startGuard(SCRIPT);
                for (long group : groups) {
                    tell('+', group);
                }
            }
        } finally {
            unlock();
        }
        if (ended != null) {
            closeStream(ended);
            LOG.warn("The guard of worker processes ended, {}; another one was started", ended);
        }
    }

    /** From now on the group is killed if this process ends. */
    void add(long group) {
        lock.lock();
        try {
            groups.add(group);
            tell('+', group);
        } finally {
            unlock();
        }
    }

    /** There is nothing left of the group. */
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
     * Kills the group, in a moment, if the guard runs and there is still something of the group.
     */
    void kill(long group) {
        toKill.add(group);
        tellToKill();
    }

    /** Who has added to the queue while somebody else had the lock relies on that one. */
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

    /** Called with the lock held. */
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
            // It has ended, and is started again before the next worker.
        }
    }

    /**
     * It kills what is left, and ends; waited for, as it would otherwise be a process left over.
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
        if (!Waits.forExit(last, END_MILLIS)) {
            LOG.warn(
                    "The guard of worker processes, {}, is killed: it has not ended within {} ms",
                    last.pid(),
                    END_MILLIS);
            last.destroyForcibly();
            Waits.forExit(last);
        }
    }

    private static void closeStream(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("The pipe to a guard could not be closed", e);
        }
    }
}
