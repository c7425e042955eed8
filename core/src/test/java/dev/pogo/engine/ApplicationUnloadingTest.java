package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofSeconds;

import dev.pogo.Deployed;
import dev.pogo.Eventually;
import dev.pogo.ForeignChannel;
import dev.pogo.Held;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An application that is done with a runtime can be unloaded, though threads that were started for
 * it, or by its threads, or by threads that such threads have started, live on for others.
 */
class ApplicationUnloadingTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final PogoRuntimeImpl runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(
                                    PoolConfig.named("cpu")
                                            .withNumThreads(1)
                                            .withThreads(ThreadKind.PLATFORM)));

    private final Held held = Held.untilReleased();

    /** Keeps the timer's thread from ending. */
    private final Alarm later =
            new Alarm() {
                @Override
                void fire() {}
            };

    private static List<Thread> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .toList();
    }

    @Test
    void timer_startedForTheApplication_doesNotKeepIt() throws Exception {
        WeakReference<ClassLoader> loader =
                Deployed.use(runtime, () -> runtime.timer().arm(later, System.nanoTime() + HOUR));
        List<Thread> timer = threads("pogo-timer");
        assertEquals(1, timer.size());
        Deployed.assertUnloaded(runtime, loader);
        assertTrue(timer.getFirst().isAlive());
        runtime.timer().disarm(later);
    }

    /** While a pool is never idle, each thread is started by the one before it. */
    @Test
    void poolThread_admittedByTheApplicationsTask_doesNotKeepIt() throws Exception {
        try (PogoScopeImpl own = runtime.open();
                held) {
            WeakReference<ClassLoader> loader = Deployed.use(runtime, () -> own.spawn("cpu", held));
            held.awaitStarted();
            Deployed.assertUnloaded(runtime, loader);
        }
    }

    /** The timer's thread has started it. */
    @Test
    void interrupter_startedForAnother_doesNotKeepTheApplication() throws Exception {
        Runnable timing = () -> runtime.timer().arm(later, System.nanoTime() + HOUR);
        WeakReference<ClassLoader> loader = Deployed.use(runtime, timing);
        try (PogoScopeImpl own = runtime.open(ofSeconds(2));
                held) {
            TaskImpl<Object> inChannel = own.spawn(new ForeignChannel(held));
            Eventually.isTrue(() -> {
                Thread thread = inChannel.liveThread();
                return thread != null && thread.getState() == Thread.State.WAITING;
            });
            held.awaitStarted();
            Deployed.assertUnloaded(runtime, loader);
            assertEquals(1, threads("pogo-interrupt").size());
        }
        runtime.timer().disarm(later);
    }

    @Test
    void cancelHook_ofATaskThatTheApplicationCancels_doesNotKeepIt() throws Exception {
        CountDownLatch hooked = new CountDownLatch(1);
        try (PogoScopeImpl own = runtime.open();
                held) {
            TaskImpl<Object> task =
                    own.spawn(() -> {
                        TaskImpl.current()
                                .onCancel(() -> {
                                    try {
                                        held.call();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
                        hooked.countDown();
                        Thread.currentThread().join(); // until it is interrupted
                        return null;
                    });
            assertTrue(hooked.await(20, TimeUnit.SECONDS));
            WeakReference<ClassLoader> loader = Deployed.use(runtime, task::cancel);
            held.awaitStarted();
            Deployed.assertUnloaded(runtime, loader);
            assertEquals(1, threads("pogo-cancel").size());
        }
    }
}
