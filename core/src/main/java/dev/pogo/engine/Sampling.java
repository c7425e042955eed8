package dev.pogo.engine;

import java.util.concurrent.TimeUnit;

/**
 * Chooses the tasks whose times are recorded, so that recording costs little however many tasks
 * there are. Up to {@value #ENOUGH} a second, every task is chosen. Beyond that, an even share of
 * them is chosen, and each chosen task stands for as many as it was chosen from. This number is its
 * weight, a power of two.
 *
 * <p>Time is divided into ticks of about a second. Each time another {@value #ENOUGH} tasks have
 * been chosen in one tick, the weight doubles. A tick begins with the weight with which at least
 * that many tasks of the previous tick would have been chosen, had it been a second long. So the
 * weight follows the load. As it depends only on earlier choices, no task is more likely to be
 * counted than another: on average, the chosen tasks stand for as many as there were.
 *
 * <p>Whether a task is chosen depends on its id. The ids of a scope's tasks are consecutive, so ids
 * are mixed first, to make the choice independent of a task's position in its scope.
 *
 * <p>A task that is not chosen only reads fields that are hardly ever written. Counting is racy
 * where a tick begins, which may make a weight larger or smaller than intended, but not wrong.
 */
final class Sampling {
    static final int ENOUGH = 4_096;
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MOST = 1L << 20;

    /** Number of lines. */
    static final int LINES = 2;

    /** Line that every task reads; its slots from {@link #FREE_SLOT} on are not used here. */
    static final int READ = 0;

    static final int FREE_SLOT = 2;

    /**
     * The weight minus one: a task is chosen if its mixed id has none of these bits set. Less than
     * zero until the first tick begins.
     */
    private static final int MASK = 0;

    /** When the tick began; changed by compare-and-set, so that a single thread begins the next. */
    private static final int FROM = 1;

    /** Line that every chosen task writes. */
    private static final int WRITTEN = 1;

    /** Number of tasks chosen in this tick. */
    private static final int CHOSEN = 0;

    /** The sum of their weights. */
    private static final int STOOD_FOR = 1;

    private final PaddedLongs numbers;

    /**
     * @param numbers {@link #LINES} lines, in which this keeps its own numbers
     */
    Sampling(PaddedLongs numbers) {
        this.numbers = numbers;
        numbers.set(READ, MASK, -1);
    }

    /** Returns whether {@link #weight} would return zero and change nothing. */
    boolean leavesOut(long id, long now) {
        long mask = numbers.get(READ, MASK);
        return mask > 0 && (mix(id) & mask) != 0 && now - numbers.get(READ, FROM) < TICK_NANOS;
    }

    /**
     * Returns the number of tasks that this one stands for. If it is not zero, the task is counted
     * as chosen.
     *
     * @param now the time, in terms of {@link System#nanoTime()}, or a little earlier
     * @return the weight to record it with, or zero if it is not to be recorded
     */
    long weight(long id, long now) {
        long mask = numbers.get(READ, MASK);
        if (mask < 0 || now - numbers.get(READ, FROM) >= TICK_NANOS) {
            beginTick(now);
            mask = Math.max(0, numbers.get(READ, MASK));
        }
        if ((mix(id) & mask) != 0) {
            return 0;
        }
        numbers.getAndAdd(WRITTEN, STOOD_FOR, mask + 1);
        long chosen = numbers.getAndAdd(WRITTEN, CHOSEN, 1) + 1;
        if (chosen % ENOUGH == 0) {
            chooseFewer();
        }
        return mask + 1;
    }

    private void beginTick(long now) {
        long from = numbers.get(READ, FROM);
        boolean first = numbers.get(READ, MASK) < 0;
        if ((!first && now - from < TICK_NANOS) || !numbers.compareAndSet(READ, FROM, from, now)) {
            return;
        }
        double before = numbers.get(WRITTEN, STOOD_FOR);
        double perTick = first ? 0 : before / (now - from) * TICK_NANOS;
        numbers.set(WRITTEN, CHOSEN, 0);
        numbers.set(WRITTEN, STOOD_FOR, 0);
        long weight = Math.clamp((long) (perTick / ENOUGH), 1, MOST);
        numbers.set(READ, MASK, Long.highestOneBit(weight) - 1);
    }

    private void chooseFewer() {
        long mask = numbers.get(READ, MASK);
        if (mask + 1 < MOST) {
            numbers.compareAndSet(READ, MASK, mask, 2 * mask + 1);
        }
    }

    /** Applies the finalizer of SplitMix64: each bit depends on all bits of the id. */
    private static long mix(long id) {
        long mixed = (id ^ (id >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
