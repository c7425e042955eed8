package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.util.ThreadFactories;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * To start the timer's thread takes long on a machine that has other things to do. Nobody else is
 * held up meanwhile.
 */
class TimerThreadTest {
    private static final Duration BOUND = ofSeconds(5);

    private final AtomicInteger starts = new AtomicInteger();
    private final AtomicBoolean heldUp = new AtomicBoolean();

    /** What takes the locks that are to be free. */
    private final AtomicReference<Runnable> look = new AtomicReference<>(() -> {});

    private final Timer timer = new Timer(List.of(this::slowToStart));

    private Thread slowToStart(Runnable work) {
        return new Thread(work, "pogo-timer") {
            @Override
            public void start() {
                starts.incrementAndGet();
                Thread other = new Thread(look.get());
                other.start();
                try {
                    heldUp.compareAndSet(false, !other.join(BOUND));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                super.start();
            }
        };
    }

    private PogoRuntimeImpl runtime() {
        PogoRuntimeImpl runtime = PogoRuntimeImpl.start(PogoConfig.defaults(), timer);
        Runtimes.STARTED.add(runtime);
        return runtime;
    }

    private void assertStartedWithoutALock() {
        assertEquals(1, starts.get());
        assertEquals(false, heldUp.get(), "another thread has waited for a lock");
    }

    private static Alarm silent() {
        return new Alarm() {
            @Override
            void fire() {}
        };
    }

    @Test
    void arm_threadIsStarted_timerIsFree() {
        Alarm other = silent();
        long later = System.nanoTime() + ofHours(1).toNanos();
        look.set(() -> {
            assertEquals(1, timer.pending());
            timer.arm(other, later);
            timer.disarm(other);
        });
        timer.arm(silent(), later);
        assertStartedWithoutALock();
        timer.close();
    }

    @Test
    void spawn_taskLinesUpAndTheThreadIsStarted_poolIsFree() throws InterruptedException {
        PoolImpl pool =
                new PoolImpl(
                        PoolConfig.named("busy").withNumThreads(1),
                        timer,
                        ThreadFactories.virtual("pogo/busy"));
        look.set(() -> assertEquals(1, pool.load().waiting()));
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            scope.spawn(pool, held, null);
            TaskImpl<Integer> waiting = scope.spawn(pool, () -> 1, null);
            assertStartedWithoutALock();
            held.release();
            assertEquals(1, waiting.await());
        }
        timer.close();
    }

    @Test
    void spawn_firstWithADeadlineAndTheThreadIsStarted_scopeIsFree() throws InterruptedException {
        PogoRuntimeImpl runtime = runtime();
        try (PogoScopeImpl scope = runtime.open(ofHours(1))) {
            look.set(() -> {
                assertEquals(1, scope.report().tasks().size());
                assertTrue(runtime.toString().contains("1 busy scopes"));
            });
            assertEquals(1, scope.spawn(() -> 1).await());
            assertStartedWithoutALock();
        }
    }

    @Test
    void channel_firstWithADeadlineAndTheThreadIsStarted_scopeIsFree() {
        PogoRuntimeImpl runtime = runtime();
        try (PogoScopeImpl scope = runtime.open(ofHours(1))) {
            look.set(() -> assertTrue(scope.report().tasks().isEmpty()));
            scope.channel(1);
            assertStartedWithoutALock();
        }
    }

    /** Two that find no thread do not both start one. */
    @Test
    void arm_whileAnotherStartsTheThread_doesNotStartOne() {
        AtomicInteger fired = new AtomicInteger();
        look.set(() ->
                timer.arm(
                        new Alarm() {
                            @Override
                            void fire() {
                                fired.incrementAndGet();
                            }
                        },
                        System.nanoTime()));
        timer.arm(silent(), System.nanoTime() + ofHours(1).toNanos());
        Eventually.isTrue(() -> fired.get() == 1);
        assertStartedWithoutALock();
        timer.close();
    }

    /** As by an await that fails for want of memory, after the alarm was armed. */
    @Test
    void noted_andNeverAttendedTo_isRungOnceAnotherIs() {
        AtomicInteger fired = new AtomicInteger();
        timer.note(
                new Alarm() {
                    @Override
                    void fire() {
                        fired.incrementAndGet();
                    }
                },
                System.nanoTime());
        assertEquals(0, starts.get());
        timer.arm(silent(), System.nanoTime() + ofHours(1).toNanos());
        Eventually.isTrue(() -> fired.get() == 1);
        timer.close();
    }

    /** Which would otherwise be left over. */
    @Test
    void close_whileTheThreadIsBeingStarted_waitsForItsEnd() throws InterruptedException {
        AtomicReference<Thread> closer = new AtomicReference<>();
        AtomicReference<Thread> started = new AtomicReference<>();
        Timer closed =
                new Timer(
                        List.of(work ->
                                new Thread(work, "pogo-timer") {
                                    @Override
                                    public void start() {
                                        started.set(this);
                                        closer.get().start();
                                        Eventually.isParked(closer.get());
                                        super.start();
                                    }
                                }));
        AtomicBoolean over = new AtomicBoolean();
        closer.set(
                new Thread(() -> {
                    closed.close();
                    over.set(!started.get().isAlive());
                }));
        closed.arm(silent(), System.nanoTime());
        closer.get().join();
        assertTrue(over.get());
    }
}
