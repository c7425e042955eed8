package dev.pogo.remote;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What the requests of a pool have come to so far. Thread-safe. */
final class RemoteCounters {
    final LongAdder sent = new LongAdder();
    final LongAdder answered = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder unclaimed = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder notSent = new LongAdder();
    final LongAdder roundTripNanos = new LongAdder();
    final LongAccumulator longestRoundTrip = new LongAccumulator(Math::max, 0);

    /** Written by the command thread. */
    final AtomicLong hosts = new AtomicLong();

    /** Written by the command thread. */
    final AtomicLong queued = new AtomicLong();

    void answered(long nanos) {
        answered.increment();
        roundTripNanos.add(nanos);
        longestRoundTrip.accumulate(nanos);
    }
}
