package dev.pogo.process;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What takes its time with a worker, and until when it may. Begun and ended by the threads that do
 * it, and looked at by the supervisor's.
 */
final class TimeLimits {
    enum Limit {
        /** From the start of the process until it has said hello. */
        START,
        /** A request on its way to the worker. */
        SEND,
        /** From the beginning of a request until its answer is there. */
        JOB,
        /** A frame of which the first byte has come. */
        RECEIVE,
        /** From when the worker is told to end. */
        EXIT
    }

    /** Stands for a limit that does not run. */
    private static final long NONE = 0;

    /** Stands for a limit that was exceeded, and remains so: what had it has to end. */
    private static final long EXCEEDED = 1;

    private final Map<Limit, AtomicLong> due = new EnumMap<>(Limit.class);

    /** Told of each limit that begins. */
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
     * Whether one was exceeded. That is decided once, when it is looked at and when it ends: who
     * has ended a limit and sees false here is not told of it later.
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
     * Looks for what has taken too long.
     *
     * @param tooLate told of each such limit, each time
     * @return when to look again, {@code otherwise} if there is nothing to look for before
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
