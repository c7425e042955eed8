package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Virtual threads that compute on all carriers, until this is closed: no other one can run. */
public final class Hogs implements AutoCloseable {
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stop;

    public static Hogs onAllCarriers() throws InterruptedException {
        Hogs hogs = new Hogs();
        int carriers = Runtime.getRuntime().availableProcessors();
        CountDownLatch computing = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            hogs.threads.add(
                    Thread.startVirtualThread(() -> {
                        computing.countDown();
                        while (!hogs.stop) {
                            Thread.onSpinWait();
                        }
                    }));
        }
        assertTrue(computing.await(20, TimeUnit.SECONDS));
        return hogs;
    }

    @Override
    public void close() {
        stop = true;
        Eventually.isTrue(() -> threads.stream().noneMatch(Thread::isAlive));
    }
}
