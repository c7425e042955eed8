package dev.pogo;

import java.util.concurrent.ThreadFactory;

/** Makes threads, or fails to. */
final class FailingThreads implements ThreadFactory {
    enum Mode {
        WORK,
        FAIL_TO_MAKE,
        FAIL_TO_START
    }

    volatile Mode mode = Mode.WORK;

    private final Error failure;

    FailingThreads(Error failure) {
        this.failure = failure;
    }

    @Override
    public Thread newThread(Runnable work) {
        return switch (mode) {
            case WORK -> Thread.ofVirtual().name("pogo/fragile").unstarted(work);
            case FAIL_TO_MAKE -> throw failure;
            // a thread that has run cannot be started
            case FAIL_TO_START -> Thread.ofVirtual().start(() -> {});
        };
    }
}
