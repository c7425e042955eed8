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
public final class Held implements Callable<String>, AutoCloseable {
    private final boolean stubborn;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    public final AtomicInteger interrupts = new AtomicInteger();

    private Held(boolean stubborn) {
        this.stubborn = stubborn;
    }

    /** Ends by an InterruptedException when it is interrupted. */
    public static Held untilReleased() {
        return new Held(false);
    }

    /** Goes on when it is interrupted. */
    public static Held ignoringInterrupts() {
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

    public void awaitStarted() throws InterruptedException {
        assertTrue(started.await(20, TimeUnit.SECONDS), "the work has not started");
    }

    public boolean hasStarted() {
        return started.getCount() == 0;
    }

    public boolean isReleased() {
        return released.getCount() == 0;
    }

    public void release() {
        released.countDown();
    }

    @Override
    public void close() {
        release();
    }
}
