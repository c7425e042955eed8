package dev.pogo.engine;

import dev.pogo.ThreadKind;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ThreadFactory;

/** Makes virtual threads, or goes wrong as long as the test wants it. */
public final class FailingThreads implements ThreadFactory {
    /** What goes wrong, or null for nothing. */
    volatile FaultyThreads.@Nullable Fault fault;

    private final Error failure;

    public FailingThreads(Error failure) {
        this.failure = failure;
    }

    public FailingThreads with(FaultyThreads.Fault first) {
        fault = first;
        return this;
    }

    @Override
    public Thread newThread(Runnable work) {
        FaultyThreads.Fault now = fault;
        return now == null
                ? Thread.ofVirtual().name("pogo/fragile").unstarted(work)
                : FaultyThreads.faulty(ThreadKind.VIRTUAL, now, failure, work);
    }
}
