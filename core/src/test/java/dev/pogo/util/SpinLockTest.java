package dev.pogo.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;
import dev.pogo.Hogs;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class SpinLockTest {
    @Test
    void lock_manyThreads_excludeEachOther() throws InterruptedException {
        for (SpinLock lock : List.of(SpinLock.outer(), SpinLock.inner())) {
            int[] count = {0};
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Runnable work =
                        () -> {
                            for (int j = 0; j < 20_000; j++) {
                                lock.lock();
                                try {
                                    count[0]++;
                                } finally {
                                    lock.unlock();
                                }
                            }
                        };
                threads.add(i % 2 == 0 ? Thread.startVirtualThread(work) : new Thread(work));
            }
            threads.stream().filter(thread -> !thread.isVirtual()).forEach(Thread::start);
            for (Thread thread : threads) {
                assertTrue(thread.join(Duration.ofSeconds(60)));
            }
            assertEquals(8 * 20_000, count[0]);
        }
    }

    /** Whoever has come first is a virtual thread, and others compute on all carriers. */
    @Test
    void lock_firstInLineCannotRun_othersGetIt() throws InterruptedException {
        SpinLock lock = SpinLock.outer();
        CountDownLatch tries = new CountDownLatch(1);
        Runnable take =
                () -> {
                    tries.countDown();
                    lock.lock();
                    lock.unlock();
                };
        lock.lock();
        Thread first = Thread.startVirtualThread(take);
        Thread second = new Thread(take);
        assertTrue(tries.await(20, TimeUnit.SECONDS));
        Eventually.isParked(first);
        try (Hogs hogs = Hogs.onAllCarriers()) {
            second.start();
            Eventually.isParked(second);
            lock.unlock();
            assertTrue(second.join(Duration.ofSeconds(20)), hogs::toString);
        }
        first.join();
        second.join();
    }
}
