package dev.pogo.remote;

import java.time.Duration;

/**
 * The times that follow from the heartbeat of a fleet. The same ones count for callers and hosts.
 *
 * @param period the time within which each caller and each host shows that it is alive
 */
record Heartbeat(Duration period) {
    static final Duration DEFAULT = Duration.ofSeconds(1);

    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(1);

    /** How many heartbeats of silence make a server count as gone. */
    private static final int AWAY = 10;

    /** How often callers and hosts beat and look: twice in each heartbeat. */
    long tickNanos() {
        return period.toNanos() / 2;
    }

    /**
     * How long another process must have been seen not to beat. With the tick before and the tick
     * after, it is found to be lost within three heartbeats.
     */
    long lostNanos() {
        return 2 * period.toNanos();
    }

    /** How long ago a host may have beaten in order to count as present. */
    long presentMillis() {
        return 3 * period.toMillis();
    }

    /** How long the server may be silent before what depends on it is given up. */
    long awayNanos() {
        return AWAY * period.toNanos();
    }

    /** How long a reply of the server may take. */
    int replyMillis() {
        return (int) Math.min(Integer.MAX_VALUE, AWAY * period.toMillis());
    }

    /** How long a cancelled task waits for a server that is silent, before it gives up. */
    long cancelNanos() {
        return 3 * period.toNanos();
    }

    /** How long Redis keeps what a process no longer refreshes. */
    long keepMillis() {
        return 2L * AWAY * period.toMillis();
    }

    /**
     * How long one blocking command waits. It bounds how long a thread does not see that it is to
     * end.
     */
    Duration block() {
        return period.compareTo(LONGEST_BLOCK) < 0 ? period : LONGEST_BLOCK;
    }

    /** The same in seconds, as the commands take it. */
    String blockSeconds() {
        return Double.toString(block().toMillis() / 1_000.0);
    }
}
