package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.Deployed;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;
import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

class ThreadsTest {
    /** As where an application is the first to use a runtime, or its task gets a worker started. */
    @Test
    void thread_startedByAnApplication_doesNotKeepIt() throws Exception {
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("cpu").withThreads(ThreadKind.PLATFORM)));
        CountDownLatch end = new CountDownLatch(1);
        AtomicReference<Thread> started = new AtomicReference<>();
        WeakReference<ClassLoader> loader =
                Deployed.use(
                        runtime,
                        () -> started.set(Threads.start("worker", () -> awaitUnbroken(end))));
        Deployed.assertUnloaded(runtime, loader);
        assertEquals("system", started.get().getThreadGroup().getName());
        end.countDown();
        started.get().join();
    }

    private static void awaitUnbroken(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
