package dev.pogo.remote;

import java.util.concurrent.atomic.LongAdder;

/** What the requests of a queue have come to on a host. Thread-safe. */
final class HostCounters {
    final LongAdder claimed = new LongAdder();
    final LongAdder done = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder notAllowed = new LongAdder();
    final LongAdder malformed = new LongAdder();
    final LongAdder tooLarge = new LongAdder();
    final LongAdder unheard = new LongAdder();
}
