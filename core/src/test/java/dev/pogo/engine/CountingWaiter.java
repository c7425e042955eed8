package dev.pogo.engine;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often it is told. */
final class CountingWaiter extends WaitList.Waiter {
    private final AtomicInteger told = new AtomicInteger();

    @Override
    void wake() {
        told.incrementAndGet();
    }

    int told() {
        return told.get();
    }
}
