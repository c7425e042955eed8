package dev.pogo.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Finds the alarms of open scopes that are due soon, so that the others need not be armed. Nearly
 * every time limit of a request is lifted long before it expires; if each had its alarm armed and
 * disarmed, all requests would write to the timer.
 *
 * <p>An alarm that is due before the horizon is armed by the thread that sets it; all others are
 * left to the timer's thread. Well before the horizon is reached, the timer's thread advances it,
 * then scans all open scopes and arms every alarm that is due before the new horizon. A thread
 * registers its scope and publishes the time before it reads the horizon, and the timer's thread
 * publishes the horizon before it scans, so at least one of the two sees the other's write. When
 * scans have stopped because they found no alarm, there is no horizon, and every alarm is armed by
 * the thread that sets it.
 *
 * <p>A scan takes long when many scopes are open. It is done in steps, between which the thread
 * fires the alarms that are due. The distance of the horizon grows with the duration of the scan,
 * so that scans take a small share of the thread's time.
 */
final class AlarmScan implements Consumer<PogoScopeImpl> {
    /** Value of {@link #horizon} if there is none. */
    private static final long NONE = Long.MIN_VALUE;

    /**
     * Minimum distance of the horizon when a scan begins; the next scan begins after half the
     * distance.
     */
    private static final long LEAST_SPAN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * Scans take at most {@code 1 / TIME_PER_SCAN} of the time, as long as the span is less than
     * {@link #MOST_SPAN_NANOS}.
     */
    private static final int TIME_PER_SCAN = 64;

    private static final long MOST_SPAN_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Delay until a scan that could not arm an alarm is repeated. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Number of slots of the active scopes that one step visits. */
    private static final int STEP = 1_024;

    private final ActiveScopes scopes;

    /** Created with this object, since memory may have run out later. */
    private final Consumer<PogoScopeImpl> drop = PogoScopeImpl::dropAlarm;

    /** Written by the timer's thread. */
    private volatile long horizon = NONE;

    // The fields below are confined to the timer's thread.

    private long span = LEAST_SPAN_NANOS;

    /** Time at which the next scan begins. */
    private long nextScan;

    private boolean scanning;

    /** Slot at which the next step of this scan begins. */
    private int slot;

    /** Time that this scan has taken so far, excluding the time between its steps. */
    private long took;

    /** Set when this scan has found an alarm that is set. */
    private boolean found;

    /** Set when an alarm could not be armed for lack of memory and so has to be found again. */
    private boolean missed;

    AlarmScan(ActiveScopes scopes) {
        this.scopes = scopes;
        this.nextScan = System.nanoTime();
    }

    /**
     * Returns whether a thread that sets the alarm of a registered scope to the time must arm it.
     */
    boolean mustArm(long time) {
        long until = horizon;
        return until == NONE || time - until < 0;
    }

    /**
     * Returns whether there may be alarms that are set but not armed. For the timer's thread only.
     */
    boolean isActive() {
        return scanning || missed || horizon != NONE;
    }

    /**
     * Returns the time until the next step. For the timer's thread only.
     *
     * @param armed whether any alarms are armed; scans begin when some are
     * @return the time in nanoseconds, or {@link Long#MAX_VALUE} if there is nothing to do
     */
    long untilNextStep(long now, boolean armed) {
        if (scanning) {
            return 0;
        }
        return armed || isActive() ? nextScan - now : Long.MAX_VALUE;
    }

    /** Records that an alarm is set but could not be armed. For the timer's thread only. */
    void missed() {
        missed = true;
        nextScan = System.nanoTime() + RETRY_NANOS;
    }

    /**
     * Scans some scopes. For the timer's thread only, with no lock held.
     *
     * @param now the current time, or slightly earlier
     */
    void step(long now) {
        if (!scanning) {
            nextScan = now + span / 2;
            horizon = now + span;
            begin();
            took = 0;
        }
        slot = scopes.visit(slot, STEP, this);
        took += System.nanoTime() - now;
        if (slot != ActiveScopes.NOWHERE) {
            return;
        }
        scanning = false;
        if (!found && horizon != NONE) {
            // An alarm that was set after its scope was visited may have been left to the next
            // scan. This last scan arms all that it finds.
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
        slot = 0;
    }

    /**
     * Arms the scope's alarm for {@link #step}. A failure does not prevent the others from being
     * armed.
     */
    @Override
    public void accept(PogoScopeImpl scope) {
        try {
            found |= scope.armAlarm();
        } catch (Throwable e) {
            found = true;
            missed = true;
        }
    }

    /** Drops all alarms that are set. Called by the thread that has closed the timer. */
    void drop() {
        int next = 0;
        while (next != ActiveScopes.NOWHERE) {
            next = scopes.visit(next, STEP, drop);
        }
    }
}
