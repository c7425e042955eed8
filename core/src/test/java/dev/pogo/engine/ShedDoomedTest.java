package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.DeadlineExceededException;
import dev.pogo.Held;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolSaturatedException;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Tasks whose turn would come after their scope's deadline. */
class ShedDoomedTest {
    private static PogoRuntimeImpl runtime(boolean shed) {
        PoolConfig pool = PoolConfig.named("default").withNumThreads(1);
        return Runtimes.start(PogoConfig.defaults().withPool(pool.withShedDoomed(shed)));
    }

    /** Puts 12 admissions, 5 ms and more apart, on record, and leaves the pool saturated. */
    private static void saturate(PogoScopeImpl scope, Held last) throws InterruptedException {
        saturate(scope, last, last);
    }

    /** Likewise, with other work around what holds the permit in the end. */
    private static void saturate(PogoScopeImpl scope, Callable<?> lastWork, Held last)
            throws InterruptedException {
        Held first = Held.untilReleased();
        scope.spawn(first);
        for (int i = 0; i < 11; i++) {
            scope.spawn(() -> {
                long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);
                while (System.nanoTime() < until) {
                    LockSupport.parkNanos(until - System.nanoTime());
                }
                return 1;
            });
        }
        scope.spawn(lastWork);
        for (int i = 0; i < 100; i++) {
            scope.spawn(() -> 1);
        }
        // not before all of them wait, or the record might start anew
        first.release();
        last.awaitStarted();
    }

    /** 4,000 turns, one each 55 / 12 ms at the fastest. */
    private static final Duration AT_LEAST = ofMillis(18_333);

    @Test
    void spawn_turnWouldComeAfterTheDeadline_isRefusedWithTheEstimate()
            throws InterruptedException {
        PogoRuntimeImpl runtime = runtime(true);
        try (PogoScopeImpl large = runtime.open();
                Held held = Held.untilReleased()) {
            saturate(large, held);
            for (int i = 0; i < 3_999; i++) {
                runtime.open().spawn(() -> 1); // closed with the large one
            }
            try (PogoScopeImpl hurried = runtime.open(ofSeconds(10))) {
                TaskImpl<Integer> doomed = hurried.spawn(() -> 1);
                PoolSaturatedException e =
                        assertThrows(PoolSaturatedException.class, doomed::result);
                assertTrue(e.estimatedWait().orElseThrow().compareTo(AT_LEAST) >= 0, e::toString);
                Messages.assertMatches(
                        "refused, because it would wait at least .* s for a permit, and its"
                                + " deadline comes before \\[task .*; pool default: 1"
                                + " of 1 running, 4099 waiting\\]",
                        e);
            }
        }
    }

    @Test
    void spawn_turnComesInTime_waits() throws InterruptedException {
        PogoRuntimeImpl runtime = runtime(true);
        try (PogoScopeImpl large = runtime.open();
                Held held = Held.untilReleased()) {
            saturate(large, held);
            try (PogoScopeImpl patient = runtime.open(ofSeconds(20));
                    PogoScopeImpl endless = runtime.open()) {
                // one of the large scope's tasks comes first, not all 100
                TaskImpl<Integer> task = patient.spawn(() -> 1);
                TaskImpl<Integer> other = endless.spawn(() -> 2);
                assertFalse(task.done());
                held.release();
                assertEquals(1, task.await(ofSeconds(20)));
                assertEquals(2, other.await(ofSeconds(20)));
            }
        }
    }

    @Test
    void spawn_notAskedFor_waits() throws InterruptedException {
        PogoRuntimeImpl runtime = runtime(false);
        try (PogoScopeImpl large = runtime.open();
                Held held = Held.untilReleased()) {
            saturate(large, held);
            try (PogoScopeImpl hurried = runtime.open(ofMillis(1))) {
                TaskImpl<Integer> task = hurried.spawn(() -> 1);
                assertThrows(DeadlineExceededException.class, () -> task.await(ofSeconds(20)));
            }
        }
    }

    /** They get their permits on loan, and so take no turns. */
    @Test
    void spawn_scopesNestedInATaskOfThePoolWait_areNotCounted() throws InterruptedException {
        PogoRuntimeImpl runtime = runtime(true);
        try (PogoScopeImpl large = runtime.open();
                Held held = Held.untilReleased()) {
            Callable<String> nesting =
                    () -> {
                        try (PogoScopeImpl outermost = runtime.open()) {
                            outermost.spawn(() -> 1);
                            for (int i = 0; i < 3_999; i++) {
                                runtime.open().spawn(() -> 1); // closed with the outermost
                            }
                            return held.call();
                        }
                    };
            saturate(large, nesting, held);
            try (PogoScopeImpl hurried = runtime.open(ofSeconds(10))) {
                TaskImpl<Integer> task = hurried.spawn(() -> 1);
                assertFalse(task.done());
                assertEquals(4_101, runtime.pool("default").load().waiting());
            }
        }
    }

    /** Its parent can lend it a permit, so no turn needs to come. */
    @Test
    void spawn_byATaskOfThePool_waits() throws InterruptedException {
        PogoRuntimeImpl runtime = runtime(true);
        try (PogoScopeImpl large = runtime.open();
                Held held = Held.untilReleased()) {
            Held parent = Held.untilReleased();
            saturate(large, held);
            TaskImpl<Integer> nested =
                    large.spawn(() -> {
                        parent.call();
                        try (PogoScopeImpl inner = runtime.open(ofSeconds(20))) {
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
