package dev.pogo.engine;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Counts the cancelled tasks that go on for more than a second. Nearly every cancelled task ends
 * within milliseconds, so a task is not worth a timer. The tasks are counted by the step of time in
 * which they were cancelled: those of the last second in a ring of counters, all others in one. So
 * a task counts from one second after its cancellation on, or up to one step later.
 *
 * <p>A task may be removed just before it is added, so a counter may be less than zero for a
 * moment.
 *
 * <p>Not thread-safe; guarded by the pool's lock.
 */
final class StuckTasks {
    private static final int STEPS_PER_SECOND = 8;
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(1) / STEPS_PER_SECOND;

    /** Number of counters in the ring: those of a second, and that of the step under way. */
    private static final int STEPS = STEPS_PER_SECOND + 1;

    private final long origin;

    /** Numbers of tasks by the step in which they were cancelled, modulo the length. */
    private final int[] recent = new int[STEPS];

    /** The latest step that has a counter in the ring. */
    private long latest;

    /** Number of tasks that were cancelled before the steps that have a counter in the ring. */
    private int older;

    /**
     * @param origin a {@link System#nanoTime()} before all others that are passed to this
     */
    StuckTasks(long origin) {
        this.origin = origin;
    }

    /** Adds a task that goes on after its cancellation at the given time. */
    void add(long cancelledAt) {
        change(cancelledAt, 1);
    }

    /** Removes a task that has ended after its cancellation at the given time. */
    void remove(long cancelledAt) {
        change(cancelledAt, -1);
    }

    private void change(long cancelledAt, int by) {
        long step = step(cancelledAt);
        advance(step);
        if (step <= latest - STEPS) {
            older += by;
        } else {
            recent[(int) (step % STEPS)] += by;
        }
    }

    /** Returns how many tasks have gone on for more than a second. */
    int count(long now) {
        advance(step(now));
        return Math.max(0, older);
    }

    private long step(long time) {
        return Math.max(0, time - origin) / STEP_NANOS;
    }

    private void advance(long step) {
        if (step - latest >= STEPS) {
            for (int tasks : recent) {
                older += tasks;
            }
            Arrays.fill(recent, 0);
            latest = step;
        }
        while (latest < step) {
            latest++;
            int place = (int) (latest % STEPS);
            older += recent[place];
            recent[place] = 0;
        }
    }
}
