package dev.pogo.process;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The time limits of what is under way with a worker. They are begun and ended by the threads that
 * do it, and checked by the supervisor's thread.
 */
final class TimeLimits {
    enum Limit {
        /** From the start of the process until its hello. */
        START,
        /** While a request is on its way to the worker. */
        SEND,
        /** From the beginning of a request until its answer has arrived. */
        JOB,
        /** While a frame is incomplete whose first byte has arrived. */
        RECEIVE,
        /** From the time when the worker is told to end. */
        EXIT
    }

    /** Value of a limit that is not running. */
    private static final long NONE = 0;

    /** Value of a limit that was exceeded. It never changes again: the worker has to end. */
    private static final long EXCEEDED = 1;

    private final Map<Limit, AtomicLong> due = new EnumMap<>(Limit.class);

    /** Called with the due time of each limit that begins. */
    private final LongConsumer begun;

    TimeLimits(LongConsumer begun) {
        this.begun = begun;
        for (Limit limit : Limit.values()) {
            due.put(limit, new AtomicLong(NONE));
        }
    }

    private AtomicLong of(Limit limit) {
        AtomicLong found = due.get(limit);
        if (found == null) {
            throw new AssertionError(limit);
        }
        return found;
    }

    void begin(Limit limit, long nanos) {
        long time = System.nanoTime() + nanos;
        replace(limit, time == NONE || time == EXCEEDED ? time + 2 : time);
        begun.accept(time);
    }

    void end(Limit limit) {
        replace(limit, NONE);
    }

    private void replace(Limit limit, long value) {
        of(limit).updateAndGet(now -> now == EXCEEDED ? EXCEEDED : value);
    }

    /**
     * Returns whether a limit was exceeded. That is decided once, by whichever comes first of
     * {@link #check} and {@link #end}: if a thread has ended a limit and sees false here, the limit
     * is not reported later.
     */
    boolean exceeded() {
        for (AtomicLong time : due.values()) {
            if (time.get() == EXCEEDED) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks for what has taken too long.
     *
     * @param tooLate called with each such limit, each time
     * @return when to check again; {@code otherwise} if nothing is due before that
     */
    long check(long now, long otherwise, Consumer<Limit> tooLate) {
        long next = otherwise;
        for (Limit limit : Limit.values()) {
            AtomicLong time = of(limit);
            long at = time.get();
            if (at == NONE) {
                continue;
            }
            if (at != EXCEEDED && at - now > 0) {
                next = at - next < 0 ? at : next;
            } else if (at == EXCEEDED || time.compareAndSet(at, EXCEEDED)) {
                tooLate.accept(limit);
            }
        }
        return next;
    }
}
