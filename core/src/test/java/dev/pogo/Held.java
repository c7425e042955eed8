package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work that runs until the test lets it go. It counts the interrupts that it sees; they end it, or
 * are ignored.
 */
final class Held implements Callable<String>, AutoCloseable {
    private final boolean stubborn;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    final AtomicInteger interrupts = new AtomicInteger();

    private Held(boolean stubborn) {
        this.stubborn = stubborn;
    }

    /** Ends by an InterruptedException when it is interrupted. */
    static Held untilReleased() {
        return new Held(false);
    }

    /** Goes on when it is interrupted. */
    static Held ignoringInterrupts() {
        return new Held(true);
    }

    @Override
    public String call() throws InterruptedException {
        started.countDown();
        while (true) {
            try {
                released.await();
                return "released";
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                if (!stubborn) {
                    throw e;
                }
            }
        }
    }

    void awaitStarted() throws InterruptedException {
        assertTrue(started.await(20, TimeUnit.SECONDS), "the work has not started");
    }

    boolean hasStarted() {
        return started.getCount() == 0;
    }

    boolean isReleased() {
        return released.getCount() == 0;
    }

    void release() {
        released.countDown();
    }

    @Override
    public void close() {
        release();
    }
}
