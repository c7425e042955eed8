package dev.pogo.benchmarks.queue;

import dev.pogo.benchmarks.measure.Contender;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Messages from push to job, of which a certain number is under way. So callers push as many as are
 * handled.
 */
abstract class Flow implements Contender {
    private static final long PAUSE_MILLIS = 5;
    private static final long PATIENCE_SECONDS = 20;

    private final int most;
    private final Semaphore free;

    Flow(int most) {
        this.most = most;
        free = new Semaphore(most);
    }

    abstract void push() throws Exception;

    /** To be called by the job of each message. */
    final void handled() {
        free.release();
    }

    private void begin() throws Exception {
        if (!free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("messages are not handled");
        }
        push();
    }

    @Override
    public Caller caller() {
        return this::begin;
    }

    /**
     * Returns the same messages one at a time, with pauses: a call lasts until the job has begun.
     */
    final Contender slowly() {
        return new Contender() {
            @Override
            public Caller caller() {
                return new Caller() {
                    @Override
                    public void call() throws Exception {
                        begin();
                        settle();
                    }

                    @Override
                    public void pause() throws InterruptedException {
                        Thread.sleep(PAUSE_MILLIS);
                    }
                };
            }

            @Override
            public void close() {
                Flow.this.close();
            }
        };
    }

    /** Returns when all messages have been handled. */
    @Override
    public final void settle() throws InterruptedException {
        if (!free.tryAcquire(most, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("messages are not handled");
        }
        free.release(most);
    }

    @Override
    public abstract void close();
}
