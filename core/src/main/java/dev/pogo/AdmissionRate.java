package dev.pogo;

/**
 * How fast a pool has been admitting waiting tasks, and so for how long a new one would have to
 * wait. It knows the times of the last {@value #REMEMBERED} admissions since tasks began to wait.
 * Not thread-safe; the pool's lock guards it.
 */
final class AdmissionRate {
    private static final int REMEMBERED = 64;

    /** With fewer than these the rate is not known. */
    static final int ENOUGH = 8;

    private final long[] times = new long[REMEMBERED];
    private int remembered;

    /** Where the next time goes. */
    private int next;

    /** A waiting task is admitted. */
    void admitted(long now) {
        times[next] = now;
        next = (next + 1) % REMEMBERED;
        remembered = Math.min(remembered + 1, REMEMBERED);
    }

    /** No task waits any more, so what follows says nothing of how fast waiting tasks get on. */
    void forget() {
        remembered = 0;
        next = 0;
    }

    /**
     * How long that many admissions will take if they go on as lately: the time from the oldest
     * remembered one until now, so that a pool where nothing moves any more gets slower by the
     * moment.
     *
     * @return nanoseconds; zero if too few admissions are known to tell
     */
    long nanosFor(long admissions, long now) {
        if (remembered < ENOUGH) {
            return 0;
        }
        long oldest = times[(next - remembered + REMEMBERED) % REMEMBERED];
        return (long) ((double) (now - oldest) / remembered * admissions);
    }
}
