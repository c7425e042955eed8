package dev.pogo.benchmarks.contenders;

import java.time.Duration;
import java.util.function.IntFunction;

/** What is compared under load. */
public enum BusyContender {
    /** Pogo, each task awaited by itself. */
    POGO(Contender.POGO),
    /** Pogo, all tasks awaited together. */
    POGO_AWAIT_ALL(Contender.POGO_AWAIT_ALL),
    /** The first in a scope that has a deadline. */
    POGO_DEADLINE("Pogo, deadline", permits -> PogoWay.oneByOne(permits, Limits.DEADLINE)),
    /** The second in a scope that has a deadline. */
    POGO_AWAIT_ALL_DEADLINE(
            "Pogo, awaitAll, deadline", permits -> PogoWay.together(permits, Limits.DEADLINE)),
    /** The floor: only the threads, which tell the waiting one. */
    PARK(Contender.PARK),
    /** The floor, for a waiter that lets the threads run once before it parks. */
    YIELD_PARK(Contender.YIELD_PARK),
    /** What the JDK has without a preview flag. */
    EXECUTOR(Contender.EXECUTOR),
    /** The same with a bound, as people write it by hand. */
    EXECUTOR_SEMAPHORE(Contender.EXECUTOR_SEMAPHORE),
    /** The JDK's preview API. */
    STRUCTURED(Contender.STRUCTURED),
    /** The same with a bound. */
    STRUCTURED_SEMAPHORE(Contender.STRUCTURED_SEMAPHORE),
    /** A library on top of the JDK's preview API. */
    JOX(Contender.JOX),
    /** A semaphore with metrics and events, around virtual threads. */
    BULKHEAD(Contender.BULKHEAD),
    /** A bounded pool of platform threads with a bounded queue. */
    THREAD_POOL_BULKHEAD(Contender.THREAD_POOL_BULKHEAD),
    /** Coroutines, bounded by the carriers of the default dispatcher. */
    COROUTINES(Contender.COROUTINES);

    private static final class Limits {
        /** Longer than any request takes. */
        static final Duration DEADLINE = Duration.ofSeconds(10);
    }

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // the makers hold nothing
    private final IntFunction<Way> maker;

    BusyContender(Contender same) {
        this(same.label(), same::open);
    }

    BusyContender(String label, IntFunction<Way> maker) {
        this.label = label;
        this.maker = maker;
    }

    /**
     * What a table calls it.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    /**
     * Whether as many tasks can sleep at once as there are.
     *
     * @return false if it has a few platform threads for all tasks
     */
    public boolean hasThreadForEachTask() {
        return this != THREAD_POOL_BULKHEAD && this != COROUTINES;
    }

    /**
     * Makes one.
     *
     * @param permits how many tasks may run at once, where that is bounded at all
     * @return a new one, to be closed
     */
    public Way open(int permits) {
        return maker.apply(permits);
    }
}
