package dev.pogo.engine;

/**
 * The rate at which a pool has been admitting waiting tasks, which tells how long a new one would
 * have to wait. It keeps the times of the last {@value #REMEMBERED} admissions since tasks began to
 * wait. Not thread-safe; guarded by the pool's lock.
 */
final class AdmissionRate {
    private static final int REMEMBERED = 64;

    /** With fewer admissions than this the rate is unknown. */
    static final int ENOUGH = 8;

    private final long[] times = new long[REMEMBERED];
    private int remembered;

    /** Index in {@link #times} of the next time. */
    private int next;

    /** Records that a waiting task is admitted. */
    void admitted(long now) {
        times[next] = now;
        next = (next + 1) % REMEMBERED;
        remembered = Math.min(remembered + 1, REMEMBERED);
    }

    /**
     * Forgets all admissions. Called when no task waits any more, since the time that follows says
     * nothing about how fast waiting tasks are admitted.
     */
    void forget() {
        remembered = 0;
        next = 0;
    }

    /**
     * Returns how long that many admissions will take at the recent rate. The rate is measured from
     * the oldest remembered admission until now, so it keeps falling in a pool where nothing moves
     * any more.
     *
     * @return nanoseconds; zero if too few admissions are known
     */
    long nanosFor(long admissions, long now) {
        if (remembered < ENOUGH) {
            return 0;
        }
        long oldest = times[(next - remembered + REMEMBERED) % REMEMBERED];
        return (long) ((double) (now - oldest) / remembered * admissions);
    }
}
