package dev.pogo.benchmarks.contenders;

import java.util.function.IntFunction;

/** Everything that is compared. */
public enum Contender {
    /** Pogo, each task awaited by itself. */
    POGO("Pogo", PogoWay::oneByOne),
    /** Pogo, all tasks awaited together. */
    POGO_AWAIT_ALL("Pogo, awaitAll", PogoWay::together),
    /** The floor: only the threads, which tell the waiting one. */
    PARK("bare threads, park", permits -> new BareThreads(false)),
    /** The floor, for a waiter that lets the threads run once before it parks. */
    YIELD_PARK("bare threads, yield and park", permits -> new BareThreads(true)),
    /** What the JDK has without a preview flag. */
    EXECUTOR("virtual-thread executor", permits -> new VirtualThreadExecutor()),
    /** The same with a bound, as people write it by hand. */
    EXECUTOR_SEMAPHORE(
            "virtual-thread executor + Semaphore",
            permits -> new BoundedWay(new VirtualThreadExecutor(), permits)),
    /** {@code supplyAsync} on the same executor. */
    COMPLETABLE_FUTURE("CompletableFuture", permits -> new CompletableFutures()),
    /** The JDK's preview API. */
    STRUCTURED("StructuredTaskScope", permits -> Preview.make("StructuredScopes", Way.class)),
    /** The same with a bound. */
    STRUCTURED_SEMAPHORE(
            "StructuredTaskScope + Semaphore",
            permits -> new BoundedWay(Preview.make("StructuredScopes", Way.class), permits)),
    /** A library on top of the JDK's preview API. */
    JOX("jox", permits -> Preview.make("JoxScopes", Way.class)),
    /** A semaphore with metrics and events, around virtual threads. */
    BULKHEAD("Resilience4j Bulkhead", SemaphoreBulkhead::new),
    /** A bounded pool of platform threads with a bounded queue. */
    THREAD_POOL_BULKHEAD("Resilience4j ThreadPoolBulkhead", ThreadBulkhead::new),
    /** Coroutines, which are no threads; they bound by the carriers of the default dispatcher. */
    COROUTINES("Kotlin coroutines", permits -> new Coroutines());

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // the makers hold nothing
    private final IntFunction<Way> maker;

    Contender(String label, IntFunction<Way> maker) {
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
     * Makes one.
     *
     * @param permits how many tasks may run at once, where that is bounded at all
     * @return a new one, to be closed
     */
    public Way open(int permits) {
        return maker.apply(permits);
    }
}
