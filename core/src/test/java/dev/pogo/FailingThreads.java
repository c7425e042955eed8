package dev.pogo;

import java.util.concurrent.ThreadFactory;

/** Makes threads, or fails to. */
final class FailingThreads implements ThreadFactory {
    enum Mode {
        WORK,
        FAIL_TO_MAKE,
        FAIL_TO_START,
        START_AND_FAIL
    }

    volatile Mode mode = Mode.WORK;

    private final Error failure;

    FailingThreads(Error failure) {
        this.failure = failure;
    }

    FailingThreads in(Mode first) {
        mode = first;
        return this;
    }

    @Override
    public Thread newThread(Runnable work) {
        return switch (mode) {
            case WORK -> Thread.ofVirtual().name("pogo/fragile").unstarted(work);
            case FAIL_TO_MAKE -> throw failure;
            // a thread that has run cannot be started
            case FAIL_TO_START -> Thread.ofVirtual().start(() -> {});
            case START_AND_FAIL ->
                    new Thread(work, "pogo/fragile") {
                        @Override
                        public void start() {
                            super.start();
                            Eventually.isTrue(() -> getState() != State.RUNNABLE);
                            throw failure;
                        }
                    };
        };
    }
}
