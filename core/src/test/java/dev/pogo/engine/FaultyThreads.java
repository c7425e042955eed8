package dev.pogo.engine;

import dev.pogo.Eventually;
import dev.pogo.ThreadKind;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/**
 * Makes a pool's threads, and goes wrong with those that the test has chosen: the first one made is
 * number 0.
 */
public final class FaultyThreads implements ThreadFactory {
    /** Which cannot be started again. One for all, since to wait for the end of each takes long. */
    private static final Thread ENDED = ended();

    public enum Fault {
        /** As where the process may have no more memory. */
        NOT_MADE(false),
        /** As a factory may say no. */
        MADE_NULL(false),
        /** As where the system gives no more threads. */
        NOT_STARTED(false),
        /** As where a virtual thread was handed over, and a carrier for it could not be started. */
        STARTED_AND_THREW(true);

        private final boolean runs;

        Fault(boolean runs) {
            this.runs = runs;
        }

        /** Whether the task runs all the same. */
        boolean runs() {
            return runs;
        }
    }

    private final ThreadKind kind;
    private final Fault fault;
    private final Error failure;
    private final List<Thread> made = new CopyOnWriteArrayList<>();
    private volatile Set<Integer> chosen;
    private int count;

    public FaultyThreads(ThreadKind kind, Fault fault, Error failure, Set<Integer> chosen) {
        this.kind = kind;
        this.fault = fault;
        this.failure = failure;
        this.chosen = chosen;
    }

    /** From now on nothing goes wrong. */
    public void recover() {
        chosen = Set.of();
    }

    /** Those that are not dead and have been started. */
    public List<Thread> alive() {
        return made.stream().filter(Thread::isAlive).toList();
    }

    @Override
    @SuppressWarnings("NullAway") // one of the faults is a null
    public synchronized Thread newThread(Runnable work) {
        Thread thread =
                chosen.contains(count++)
                        ? faulty(kind, fault, failure, work)
                        : builder().unstarted(work);
        if (thread != null) {
            made.add(thread);
        }
        return thread;
    }

    /** A thread with the fault, unless that is not to have one. */
    @SuppressWarnings("NullAway") // one of the faults is a null
    static Thread faulty(ThreadKind kind, Fault fault, Error failure, Runnable work) {
        return switch (fault) {
            case NOT_MADE -> throw failure;
            case MADE_NULL -> null;
            case NOT_STARTED ->
                    kind == ThreadKind.VIRTUAL
                            ? ENDED
                            : new Thread(work, "pogo/faulty") {
                                @Override
                                public synchronized void start() {
                                    throw failure;
                                }
                            };
            // Only a platform thread lets itself be overridden.
            case STARTED_AND_THREW ->
                    new Thread(work, "pogo/faulty") {
                        @Override
                        public void start() {
                            super.start();
                            Eventually.isTrue(() -> getState() != State.RUNNABLE);
                            throw failure;
                        }
                    };
        };
    }

    private static Thread ended() {
        // Not a lambda of this class, which is being initialized.
        Thread thread = Thread.ofVirtual().start(new CountDownLatch(1)::countDown);
        Eventually.isTrue(() -> !thread.isAlive());
        return thread;
    }

    private Thread.Builder builder() {
        return kind == ThreadKind.VIRTUAL
                ? Thread.ofVirtual().name("pogo/faulty")
                : Thread.ofPlatform().daemon().name("pogo/faulty");
    }
}
