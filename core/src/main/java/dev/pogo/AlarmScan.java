package dev.pogo;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Finds the alarms of open scopes that are due soon, so that the others need not be armed. Nearly
 * every limit of a request is lifted long before it passes; to arm and disarm an alarm for each
 * would have all requests write to the timer.
 *
 * <p>There is a horizon. An alarm that is due before it is armed by the thread that sets it; all
 * others are left to the timer's thread. Well before the horizon is reached, that thread advances
 * it, then scans all open scopes and arms every alarm that is due before the new one. A thread
 * registers its scope and publishes the time before it reads the horizon, and the timer's thread
 * publishes the horizon before it scans; so at least one of the two sees the other. When scans have
 * stopped, since they found no alarm, there is no horizon, and every alarm is armed by the thread
 * that sets it.
 *
 * <p>A scan takes long where many scopes are open. It is done in steps, between which the thread
 * rings what is due, and the distance of the horizon grows with it: so scans take a small share of
 * the thread's time.
 */
final class AlarmScan implements Consumer<PogoScope> {
    /** Value of {@link #horizon}: there is none. */
    private static final long NONE = Long.MIN_VALUE;

    /**
     * The horizon is this far away after a scan has begun; the next one begins in half the time.
     */
    private static final long LEAST_SPAN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * Scans take at most one in so many parts of the time, while the span is less than the most.
     */
    private static final int TIME_PER_SCAN = 64;

    private static final long MOST_SPAN_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** When a scan that could not arm an alarm is repeated. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How many places of the busy scopes one step visits. */
    private static final int STEP = 1_024;

    private final BusyScopes scopes;

    /** Made with this, as there may be no memory later. */
    private final Consumer<PogoScope> drop = PogoScope::dropAlarm;

    /** Written by the timer's thread. */
    private volatile long horizon = NONE;

    // All below is confined to the timer's thread.

    private long span = LEAST_SPAN_NANOS;

    /** When the next scan is to begin. */
    private long nextScan;

    private boolean scanning;

    /** Where the next step of this scan begins. */
    private int place;

    /** How long this scan has taken so far, without what was done between its steps. */
    private long took;

    /** Whether this scan has found an alarm that is set. */
    private boolean found;

    /** Whether an alarm could not be armed, for want of memory, and so has to be found again. */
    private boolean missed;

    AlarmScan(BusyScopes scopes) {
        this.scopes = scopes;
        this.nextScan = System.nanoTime();
    }

    /** Whether a thread that sets an alarm to the time, of a scope that is registered, arms it. */
    boolean mustArm(long time) {
        long until = horizon;
        return until == NONE || time - until < 0;
    }

    /** Whether there may be alarms that are set and not armed; for the timer's thread. */
    boolean isActive() {
        return scanning || missed || horizon != NONE;
    }

    /**
     * The time until the next step; for the timer's thread.
     *
     * @param armed whether alarms are armed; scans begin when some are
     * @return the time in nanoseconds, {@link Long#MAX_VALUE} if there is nothing to do
     */
    long untilNextStep(long now, boolean armed) {
        if (scanning) {
            return 0;
        }
        return armed || isActive() ? nextScan - now : Long.MAX_VALUE;
    }

    /** An alarm is set that could not be armed; for the timer's thread. */
    void missed() {
        missed = true;
        nextScan = System.nanoTime() + RETRY_NANOS;
    }

    /**
     * Scans some scopes; for the timer's thread, with no lock held.
     *
     * @param now the time, or a little earlier
     */
    void step(long now) {
        if (!scanning) {
            nextScan = now + span / 2;
            horizon = now + span;
            begin();
            took = 0;
        }
        place = scopes.visit(place, STEP, this);
        took += System.nanoTime() - now;
        if (place != BusyScopes.NOWHERE) {
            return;
        }
        scanning = false;
        if (!found && horizon != NONE) {
            // An alarm that was set after its scope had been visited may have been left to the
            // next scan. This last one arms all that it finds.
            horizon = NONE;
            begin();
            return;
        }
        span = Math.clamp(2 * TIME_PER_SCAN * took, LEAST_SPAN_NANOS, MOST_SPAN_NANOS);
        if (missed) {
            nextScan = System.nanoTime() + RETRY_NANOS;
        }
    }

    private void begin() {
        scanning = true;
        found = false;
        missed = false;
        place = 0;
    }

    /** For {@link #step}. One that cannot be armed keeps no other from it. */
    @Override
    public void accept(PogoScope scope) {
        try {
            found |= scope.armAlarm();
        } catch (Throwable e) {
            found = true;
            missed = true;
        }
    }

    /** Drops all alarms that are set; by the thread that has closed the timer. */
    void drop() {
        int next = 0;
        while (next != BusyScopes.NOWHERE) {
            next = scopes.visit(next, STEP, drop);
        }
    }
}
