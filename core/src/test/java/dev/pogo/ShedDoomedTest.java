package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Tasks whose turn would come after their scope's deadline. */
class ShedDoomedTest {
    private static PogoRuntime runtime(boolean shed) {
        PoolConfig pool = PoolConfig.named("default").withNumThreads(1);
        return Runtimes.start(PogoConfig.defaults().withPool(pool.withShedDoomed(shed)));
    }

    /** Puts 10 admissions of at least 5 ms each on record, and leaves the pool saturated. */
    private static void saturate(PogoScope scope, Held last) throws InterruptedException {
        for (int i = 0; i < 11; i++) {
            scope.spawn(() -> {
                long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);
                while (System.nanoTime() < until) {
                    LockSupport.parkNanos(until - System.nanoTime());
                }
                return 1;
            });
        }
        scope.spawn(last);
        for (int i = 0; i < 100; i++) {
            scope.spawn(() -> 1);
        }
        last.awaitStarted();
    }

    @Test
    void spawn_turnWouldComeAfterTheDeadline_isRefusedWithTheEstimate()
            throws InterruptedException {
        PogoRuntime runtime = runtime(true);
        try (PogoScope large = runtime.open();
                Held held = Held.untilReleased()) {
            saturate(large, held);
            for (int i = 0; i < 399; i++) {
                runtime.open().spawn(() -> 1); // closed with the large one
            }
            try (PogoScope hurried = runtime.open(ofMillis(1_500))) {
                Task<Integer> doomed = hurried.spawn(() -> 1);
                PoolSaturatedException e =
                        assertThrows(PoolSaturatedException.class, doomed::result);
                assertTrue(e.estimatedWait().orElseThrow().compareTo(ofSeconds(2)) >= 0);
                Messages.assertMatches(
                        "refused, because it would wait at least .* s for a permit, and the"
                                + " deadline of its scope comes before \\[task .*; pool default: 1"
                                + " of 1 running, 499 waiting\\]",
                        e);
            }
        }
    }

    @Test
    void spawn_turnComesInTime_waits() throws InterruptedException {
        PogoRuntime runtime = runtime(true);
        try (PogoScope large = runtime.open();
                Held held = Held.untilReleased()) {
            saturate(large, held);
            try (PogoScope patient = runtime.open(ofSeconds(20));
                    PogoScope endless = runtime.open()) {
                // one of the large scope's tasks comes first, not all 100
                Task<Integer> task = patient.spawn(() -> 1);
                Task<Integer> other = endless.spawn(() -> 2);
                assertFalse(task.done());
                held.release();
                assertEquals(1, task.await(ofSeconds(20)));
                assertEquals(2, other.await(ofSeconds(20)));
            }
        }
    }

    @Test
    void spawn_notAskedFor_waits() throws InterruptedException {
        PogoRuntime runtime = runtime(false);
        try (PogoScope large = runtime.open();
                Held held = Held.untilReleased()) {
            saturate(large, held);
            try (PogoScope hurried = runtime.open(ofMillis(1))) {
                Task<Integer> task = hurried.spawn(() -> 1);
                assertThrows(TaskCancelledException.class, () -> task.await(ofSeconds(20)));
            }
        }
    }

    /** Its parent can lend it a permit, so no turn needs to come. */
    @Test
    void spawn_byATaskOfThePool_waits() throws InterruptedException {
        PogoRuntime runtime = runtime(true);
        try (PogoScope large = runtime.open();
                Held held = Held.untilReleased()) {
            Held parent = Held.untilReleased();
            saturate(large, held);
            Task<Integer> nested =
                    large.spawn(() -> {
                        parent.call();
                        try (PogoScope inner = runtime.open(ofSeconds(20))) {
                            return inner.spawn(() -> 7).await(ofSeconds(20));
                        }
                    });
            held.release();
            parent.awaitStarted();
            large.spawn(() -> 1);
            parent.release();
            assertEquals(7, nested.await(ofSeconds(20)));
        }
    }

    @Test
    void rate_isOfTheLastAdmissionsUntilNow() {
        AdmissionRate rate = new AdmissionRate();
        for (int i = 0; i < AdmissionRate.ENOUGH - 1; i++) {
            rate.admitted(i * 10L);
            assertEquals(0, rate.nanosFor(1_000, 1_000));
        }
        rate.admitted((AdmissionRate.ENOUGH - 1) * 10L);
        assertEquals(1_000, rate.nanosFor(100, AdmissionRate.ENOUGH * 10L));
        // nothing moves since: slower and slower
        assertEquals(10_000, rate.nanosFor(100, AdmissionRate.ENOUGH * 100L));
        for (int i = 0; i < 1_000; i++) {
            rate.admitted(1_000 + i);
        }
        assertEquals(1_000, rate.nanosFor(1_000, 2_000));
        rate.forget();
        assertEquals(0, rate.nanosFor(1_000, 3_000));
    }
}
