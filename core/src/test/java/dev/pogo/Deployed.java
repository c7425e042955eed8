package dev.pogo;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import javax.management.JMException;
import javax.management.ObjectName;

/**
 * An application that uses a runtime which others use too, from a thread that has all that threads
 * can inherit. Each use loads it by a loader of its own, which nothing but that use knows.
 */
public final class Deployed implements BiConsumer<PogoRuntime, Runnable> {
    /** Has the application's own class, as handlers, thread-locals and groups may. */
    private static final class Group extends ThreadGroup {
        Group() {
            super("deployed");
        }
    }

    private static final InheritableThreadLocal<Object> INHERITABLE =
            new InheritableThreadLocal<>();

    /**
     * Uses the runtime.
     *
     * @param meanwhile what the application calls while it has a scope with a deadline, and a task
     *     that has a permit of the pool {@code cpu}
     * @return the loader of what is then no longer in use
     */
    public static WeakReference<ClassLoader> use(PogoRuntime runtime, Runnable meanwhile)
            throws ReflectiveOperationException {
        Application loader = new Application(Deployed.class.getName());
        Object application =
                loader.loadClass(Deployed.class.getName()).getDeclaredConstructor().newInstance();
        @SuppressWarnings("unchecked")
        BiConsumer<PogoRuntime, Runnable> deployed =
                (BiConsumer<PogoRuntime, Runnable>) application;
        deployed.accept(runtime, meanwhile);
        return new WeakReference<>(loader);
    }

    /**
     * Waits until the loader is garbage, while others go on to use the runtime: in a thread that
     * waits in interpreted code, the JVM may keep what that thread has handled last.
     */
    public static void assertUnloaded(PogoRuntime runtime, WeakReference<ClassLoader> loader) {
        Eventually.isTrue(
                () -> {
                    useOnce(runtime);
                    System.gc();
                    return loader.get() == null;
                },
                () -> "the application's loader is still in use; of Pogo live:\n" + live());
    }

    private static void useOnce(PogoRuntime runtime) {
        inThread(
                new Thread(() -> {
                    try (PogoScope scope = runtime.open(Duration.ofHours(1))) {
                        scope.spawn(() -> null).await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }));
    }

    /** How many objects of which classes, by which one sees what keeps the loader. */
    private static String live() {
        try {
            Object histogram =
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(
                                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                    "gcClassHistogram",
                                    new Object[] {new String[0]},
                                    new String[] {String[].class.getName()});
            return histogram
                    .toString()
                    .lines()
                    .filter(line -> line.contains("dev.pogo.") || line.contains("java.lang.Thread"))
                    .collect(Collectors.joining("\n"));
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void accept(PogoRuntime runtime, Runnable meanwhile) {
        Thread thread =
                new Thread(
                        new Group(),
                        () -> {
                            INHERITABLE.set(this);
                            serve(runtime, meanwhile);
                            INHERITABLE.remove();
                        },
                        "deployed");
        thread.setContextClassLoader(Deployed.class.getClassLoader());
        inThread(thread);
    }

    private static void inThread(Thread thread) {
        Throwable[] failure = {null};
        thread.setUncaughtExceptionHandler((failed, e) -> failure[0] = e);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure[0] != null) {
            throw new AssertionError(failure[0]);
        }
    }

    private static void serve(PogoRuntime runtime, Runnable meanwhile) {
        CountDownLatch hooked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (PogoScope scope = runtime.open(Duration.ofHours(1))) {
            Task<Object> computing =
                    scope.spawn(
                            "cpu",
                            () -> {
                                INHERITABLE.set(new Deployed());
                                end.await();
                                return new Deployed();
                            });
            Task<Object> waiting =
                    scope.spawn(() -> {
                        Task.current().onCancel(end::countDown);
                        hooked.countDown();
                        Thread.currentThread().join(); // until it is interrupted
                        return new Deployed();
                    });
            hooked.await();
            meanwhile.run();
            waiting.cancel();
            computing.await(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
