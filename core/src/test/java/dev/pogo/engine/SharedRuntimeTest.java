package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;
import dev.pogo.Hogs;
import dev.pogo.Messages;
import dev.pogo.Pogo;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** How the runtime behind {@link Pogo} is started. */
class SharedRuntimeTest {
    private final CountDownLatch mayStart = new CountDownLatch(1);
    private final AtomicInteger starts = new AtomicInteger();

    private PogoRuntimeImpl startSlowly(PogoConfig config) {
        starts.incrementAndGet();
        try {
            mayStart.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return Runtimes.start(config);
    }

    @Test
    void get_byManyAtOnce_startsOne() throws InterruptedException {
        SharedRuntime shared = new SharedRuntime(PogoConfig::defaults, this::startSlowly);
        List<PogoRuntime> got = new CopyOnWriteArrayList<>();
        List<Thread> users =
                List.of(
                        Thread.startVirtualThread(() -> got.add(shared.get())),
                        Thread.startVirtualThread(() -> got.add(shared.get())),
                        Thread.ofPlatform().start(() -> got.add(shared.get())));
        users.forEach(Eventually::isParked);
        mayStart.countDown();
        for (Thread user : users) {
            user.join();
        }
        assertEquals(3, got.size());
        got.forEach(runtime -> assertSame(shared.get(), runtime));
        assertEquals(1, starts.get());
    }

    /** Whoever has come first is a virtual thread, and others compute on all carriers. */
    @Test
    void get_firstOfThoseThatWaitCannotRun_othersGetIt() throws InterruptedException {
        SharedRuntime shared = new SharedRuntime(PogoConfig::defaults, this::startSlowly);
        Thread starter = Thread.ofPlatform().start(shared::get);
        Eventually.isParked(starter);
        Thread first = Thread.startVirtualThread(shared::get);
        Eventually.isParked(first);
        Thread second = Thread.ofPlatform().start(shared::get);
        Eventually.isParked(second);
        try (Hogs hogs = Hogs.onAllCarriers()) {
            mayStart.countDown();
            assertTrue(second.join(Duration.ofSeconds(20)), hogs::toString);
        }
        first.join();
        starter.join();
    }

    @Test
    void get_startFails_eachUseTriesAgain() {
        RuntimeException failure = new IllegalStateException("wrong");
        AtomicBoolean fails = new AtomicBoolean(true);
        SharedRuntime shared =
                new SharedRuntime(
                        PogoConfig::defaults,
                        config -> {
                            if (fails.get()) {
                                throw failure;
                            }
                            return Runtimes.start(config);
                        });
        assertSame(failure, assertThrows(IllegalStateException.class, shared::get));
        assertSame(failure, assertThrows(IllegalStateException.class, shared::get));
        PogoConfig config = PogoConfig.defaults().withPool(PoolConfig.named("given"));
        shared.configure(config);
        fails.set(false);
        assertEquals("given", shared.get().pool("given").name());
        assertThrows(IllegalStateException.class, () -> shared.configure(config));
    }

    @Test
    void configure_whileItStarts_waitsAndIsRefused() throws InterruptedException {
        SharedRuntime shared = new SharedRuntime(PogoConfig::defaults, this::startSlowly);
        Thread starter = Thread.startVirtualThread(shared::get);
        Eventually.isTrue(() -> starts.get() == 1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread late =
                Thread.startVirtualThread(() ->
                        thrown.set(
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> shared.configure(PogoConfig.defaults()))));
        Eventually.isParked(late);
        mayStart.countDown();
        late.join();
        starter.join();
        Messages.assertContains("already in use", thrown.get());
    }

    /** It would wait for itself. */
    @Test
    void get_byWhatTheStartCalls_isRefused() {
        AtomicReference<SharedRuntime> shared = new AtomicReference<>();
        shared.set(new SharedRuntime(PogoConfig::defaults, config -> shared.get().get()));
        Messages.assertContains(
                "by what its own start has called",
                assertThrows(IllegalStateException.class, () -> shared.get().get()));
    }
}
