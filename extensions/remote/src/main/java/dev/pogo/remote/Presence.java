package dev.pogo.remote;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Finds out which other processes have stopped to beat. It does not compare clocks: what counts is
 * how long, by this process's own clock, it has read the same beat again. After a gap in which it
 * has read nothing, because the server was away, it begins anew. Owned by one thread.
 */
final class Presence {
    private final Heartbeat heartbeat;
    private final Map<String, Seen> seen = new HashMap<>();
    private long lastLook;

    /** The last beat that was read, since when, and the last look at it. */
    private static final class Seen {
        @Nullable String beat;
        long since;
        long look;
    }

    Presence(Heartbeat heartbeat, long now) {
        this.heartbeat = heartbeat;
        this.lastLook = now;
    }

    /** Begins a look at all processes that matter at the moment. */
    void begin(long now) {
        if (now - lastLook > 3 * heartbeat.tickNanos()) {
            seen.clear();
        }
        lastLook = now;
    }

    /**
     * Records what was read of a process.
     *
     * @param beat its last beat, null or empty if there is none
     * @return for how long it has not beaten, in nanoseconds
     */
    long silence(String process, @Nullable String beat) {
        Seen of = seen.computeIfAbsent(process, any -> new Seen());
        String read = beat == null ? "" : beat;
        if (!read.equals(of.beat)) {
            of.beat = read;
            of.since = lastLook;
        }
        of.look = lastLook;
        return lastLook - of.since;
    }

    /** Returns whether a process that has been silent for this long is lost. */
    boolean isLost(long silence) {
        return silence >= heartbeat.lostNanos();
    }

    /** Ends a look: forgets the processes that no longer matter. */
    void end() {
        for (Iterator<Seen> all = seen.values().iterator(); all.hasNext(); ) {
            if (all.next().look != lastLook) {
                all.remove();
            }
        }
    }
}
