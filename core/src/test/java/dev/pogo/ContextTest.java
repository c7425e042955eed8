package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** Rule 14, and what else a task sees of the thread that spawned it. */
class ContextTest {
    private static final InheritableThreadLocal<String> INHERITABLE =
            new InheritableThreadLocal<>();

    @AfterEach
    void clear() {
        MDC.clear();
        INHERITABLE.remove();
    }

    @Test
    void mdc_ofTheSpawningThread_isVisibleInTheTask() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            MDC.put("request", "1");
            Task<String> first = scope.spawn(() -> MDC.get("request"));
            MDC.put("request", "2");
            Task<String> second = scope.spawn(() -> MDC.get("request"));
            MDC.clear();
            Task<String> third = scope.spawn(() -> MDC.get("request"));
            held.release();
            assertEquals("1", first.await());
            assertEquals("2", second.await());
            assertNull(third.await());
        }
    }

    @Test
    void mdc_changedByTheTask_isGoneAfterIt() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            MDC.put("request", "1");
            scope.spawn(
                            () -> {
                                MDC.put("request", "changed");
                                MDC.put("more", "leaks?");
                                return null;
                            })
                    .await();
            assertEquals("1", MDC.get("request"));
            assertNull(MDC.get("more"));
            assertNull(scope.spawn(() -> MDC.get("more")).await());
        }
    }

    /** The thread that admits a waiting task works for somebody else. */
    @Test
    void inheritableThreadLocal_ofTheAdmittingTask_isNotSeen() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open();
                Held held = Held.untilReleased()) {
            scope.spawn(() -> {
                INHERITABLE.set("secret");
                return held.call();
            });
            Task<String> next = scope.spawn(INHERITABLE::get);
            held.release();
            assertNull(next.await());
        }
    }

    @Test
    void contextClassLoader_ofTheOpeningThread_isTheTasks() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[0], before)) {
            thread.setContextClassLoader(loader);
            try (PogoScope scope = Runtimes.ofSize(1).open()) {
                assertSame(
                        loader,
                        scope.spawn(() -> Thread.currentThread().getContextClassLoader()).await());
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    /**
     * The thread that admits a waiting task works for somebody else, and may have changed itself.
     */
    @Test
    void platformThread_admittedByATaskOfAnotherGroupAndPriority_hasItsOwn()
            throws InterruptedException {
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("default")
                                                .withNumThreads(1)
                                                .withThreads(ThreadKind.PLATFORM)));
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            ThreadGroup tenant = new ThreadGroup("tenant");
            Thread spawner =
                    new Thread(
                            tenant,
                            () ->
                                    scope.spawn(() -> {
                                        Thread.currentThread().setPriority(1);
                                        INHERITABLE.set("secret");
                                        return held.call();
                                    }));
            spawner.start();
            spawner.join();
            held.awaitStarted();
            Task<Thread> next = scope.spawn(Thread::currentThread);
            Task<Integer> priority = scope.spawn(() -> Thread.currentThread().getPriority());
            Task<String> inherited = scope.spawn(INHERITABLE::get);
            Task<String> group =
                    scope.spawn(() -> Thread.currentThread().getThreadGroup().getName());
            held.release();
            assertFalse(next.await().isVirtual());
            assertEquals(Thread.NORM_PRIORITY, priority.await());
            assertNull(inherited.await());
            assertEquals("system", group.await());
        }
    }

    /** Work may give its thread's handler to the threads that it starts. */
    @Test
    void helperThreadWithTheTasksHandler_isNotTakenForTheTask() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(2);
        try (PogoScope scope = runtime.open()) {
            Task<Integer> task =
                    scope.spawn(() -> {
                        AtomicReference<PogoScope> opened = new AtomicReference<>();
                        Thread helper = new Thread(() -> opened.set(runtime.open()));
                        helper.setUncaughtExceptionHandler(
                                Thread.currentThread().getUncaughtExceptionHandler());
                        helper.start();
                        helper.join();
                        return 1;
                    });
            assertEquals(1, task.await());
        }
    }

    @Test
    void decorator_isCalledOnTheSpawningThreadAndWrapsTheWork() throws InterruptedException {
        AtomicReference<Thread> decoratedOn = new AtomicReference<>();
        TaskDecorator decorator =
                work -> {
                    decoratedOn.set(Thread.currentThread());
                    return () -> List.of(Thread.currentThread(), work.call());
                };
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withTaskDecorator(decorator));
        try (PogoScope scope = runtime.open()) {
            Task<Object> task = scope.spawn(Thread::currentThread);
            assertSame(Thread.currentThread(), decoratedOn.get());
            List<?> threads = (List<?>) task.await();
            assertSame(threads.get(0), threads.get(1));
        }
    }

    @Test
    void decorator_throws_spawnThrowsAndThereIsNoTask() throws InterruptedException {
        IllegalStateException failure = new IllegalStateException("no context");
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withTaskDecorator(work -> {
                                    throw failure;
                                }));
        try (PogoScope scope = runtime.open()) {
            assertSame(
                    failure, assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1)));
            scope.awaitAll();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // the null is what this is about
    void decorator_givesNull_spawnThrows() {
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withTaskDecorator(work -> null));
        try (PogoScope scope = runtime.open()) {
            NullPointerException e =
                    assertThrows(NullPointerException.class, () -> scope.spawn(() -> 1));
            Messages.assertContains("returned null", e);
        }
    }

    private static TaskDecorator noting(String name, List<String> steps) {
        return work -> {
            steps.add(name + " captures");
            return () -> {
                steps.add(name + " enters");
                try {
                    return work.call();
                } finally {
                    steps.add(name + " leaves");
                }
            };
        };
    }

    @Test
    void andThen_other_wrapsWhatTheFirstReturned() throws InterruptedException {
        List<String> steps = new CopyOnWriteArrayList<>();
        TaskDecorator decorator =
                noting("a", steps).andThen(noting("b", steps)).andThen(noting("c", steps));
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults().withTaskDecorator(decorator));
        try (PogoScope scope = runtime.open()) {
            scope.spawn(() -> steps.add("work")).await();
        }
        assertEquals(
                List.of(
                        "a captures",
                        "b captures",
                        "c captures",
                        "c enters",
                        "b enters",
                        "a enters",
                        "work",
                        "a leaves",
                        "b leaves",
                        "c leaves"),
                steps);
    }

    @Test
    @SuppressWarnings("NullAway") // the nulls are what this is about
    void andThen_null_isRefused() {
        List<String> steps = new CopyOnWriteArrayList<>();
        TaskDecorator good = noting("a", steps);
        NullPointerException e = assertThrows(NullPointerException.class, () -> good.andThen(null));
        assertEquals("other", e.getMessage());
        TaskDecorator bad = work -> null;
        for (TaskDecorator decorator : List.of(bad.andThen(good), good.andThen(bad))) {
            PogoRuntime runtime =
                    Runtimes.start(PogoConfig.defaults().withTaskDecorator(decorator));
            try (PogoScope scope = runtime.open()) {
                NullPointerException refused =
                        assertThrows(NullPointerException.class, () -> scope.spawn(() -> 1));
                Messages.assertContains("returned null", refused);
            }
        }
        assertEquals(List.of("a captures"), steps, "not called with what the other returned");
    }

    @Test
    void andThen_eitherThrows_spawnThrowsAndThereIsNoTask() throws InterruptedException {
        IllegalStateException failure = new IllegalStateException("no context");
        TaskDecorator bad =
                work -> {
                    throw failure;
                };
        TaskDecorator good = work -> work;
        for (TaskDecorator decorator : List.of(bad.andThen(good), good.andThen(bad))) {
            PogoRuntime runtime =
                    Runtimes.start(PogoConfig.defaults().withTaskDecorator(decorator));
            try (PogoScope scope = runtime.open()) {
                assertSame(
                        failure,
                        assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1)));
                assertEquals(List.of(), scope.settle(Duration.ofSeconds(5)));
            }
        }
    }
}
