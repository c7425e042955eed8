package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.engine.Runtimes;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What {@link PogoConfig#withContextPropagation} carries, and what is left of it afterwards. */
class ContextPropagationTest {
    private static final String KEY = "dev.pogo.tenant";

    /** Says nothing of there being no log. */
    private static final String QUIET = "-Dslf4j.internal.verbosity=ERROR";

    private final ThreadLocal<String> tenant = new ThreadLocal<>();
    private final BlockingQueue<String> leftBehind = new LinkedBlockingQueue<>();

    @TempDir private Path folder;

    /** An accessor that fails. */
    enum Failing {
        GET,
        SET,
        RESTORE
    }

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, tenant);
    }

    @AfterEach
    void clear() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
        ContextRegistry.getInstance().removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
        tenant.remove();
        MDC.clear();
        SecurityContextHolder.clearContext();
    }

    private static PogoConfig config() {
        return PogoConfig.defaults()
                .withPool(PoolConfig.named("cpu").withThreads(ThreadKind.PLATFORM))
                .withContextPropagation();
    }

    /** Notes what the task's thread has once the context is to be gone from it. */
    private Callable<Object> observed(Callable<Object> work) {
        return () -> {
            try {
                return work.call();
            } finally {
                leftBehind.add(String.valueOf(tenant.get()));
            }
        };
    }

    private PogoRuntime observedRuntime() {
        PogoConfig config = config();
        TaskDecorator decorator = config.taskDecorator();
        assertNotNull(decorator);
        return Runtimes.start(config.withTaskDecorator(decorator.andThen(this::observed)));
    }

    @Test
    void threadLocal_ofTheSpawningThread_isInTheTaskAndGoneAfterwards() throws Exception {
        PogoRuntime runtime = observedRuntime();
        try (PogoScope scope = runtime.open()) {
            for (String pool : List.of("default", "cpu")) {
                tenant.set("acme");
                Task<String> task =
                        scope.spawn(
                                pool,
                                () -> {
                                    String seen = tenant.get();
                                    tenant.set("changed by the task");
                                    return seen;
                                });
                tenant.set("other");
                assertEquals("acme", task.await());
                assertEquals("null", leftBehind.poll(10, TimeUnit.SECONDS));
                assertEquals("other", tenant.get());
                tenant.remove();
                assertNull(scope.spawn(pool, tenant::get).await());
                assertEquals("null", leftBehind.poll(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void threadLocal_workThrowsOrIsCancelled_isGoneAfterwards() throws Exception {
        PogoRuntime runtime = observedRuntime();
        tenant.set("acme");
        IllegalStateException failure = new IllegalStateException("the work's own");
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            Task<Void> failing =
                    scope.spawn(() -> {
                        throw failure;
                    });
            assertSame(failure, assertThrows(TaskFailedException.class, failing::await).getCause());
            assertEquals("null", leftBehind.poll(10, TimeUnit.SECONDS));
            Task<String> cancelled = scope.spawn(held);
            held.awaitStarted();
            cancelled.cancel();
            assertEquals("null", leftBehind.poll(10, TimeUnit.SECONDS));
        }
    }

    /** The thread that admits a waiting task works for somebody else. */
    @Test
    void threadLocal_ofTheAdmittingTask_isNotSeen() throws InterruptedException {
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(PoolConfig.named("default").withNumThreads(1))
                                .withContextPropagation());
        try (PogoScope scope = runtime.open();
                Held held = Held.untilReleased()) {
            tenant.set("acme");
            scope.spawn(held);
            held.awaitStarted();
            tenant.remove();
            Task<String> waiting = scope.spawn(tenant::get);
            held.release();
            assertNull(waiting.await());
        }
    }

    @Test
    void nothingToCarry_workIsNotWrapped() {
        TaskDecorator decorator = config().taskDecorator();
        assertNotNull(decorator);
        Callable<Object> work = () -> 1;
        assertSame(work, decorator.decorate(work));
        tenant.set("acme");
        assertNotSame(work, decorator.decorate(work));
    }

    @Test
    void calledTwice_addsNothing() {
        PogoConfig once = config();
        assertSame(once, once.withContextPropagation());
        TaskDecorator own = work -> work;
        PogoConfig added = PogoConfig.defaults().withTaskDecorator(own).withContextPropagation();
        assertSame(added, added.withContextPropagation());
        assertEquals(added, PogoConfig.defaults().withContextPropagation().withTaskDecorator(own));
        TaskDecorator composed = added.taskDecorator();
        assertNotNull(composed);
        PogoConfig more = added.withTaskDecorator(composed.andThen(own));
        assertSame(more, more.withContextPropagation());
        assertNotEquals(added, PogoConfig.defaults().withTaskDecorator(own));
    }

    @Test
    void decorator_setBeforeOrAfter_seesTheContext() throws InterruptedException {
        TaskDecorator upper =
                work -> {
                    String spawning = tenant.get();
                    return () -> spawning + " " + tenant.get() + " " + work.call();
                };
        tenant.set("acme");
        for (PogoConfig config :
                List.of(
                        config().withTaskDecorator(upper),
                        PogoConfig.defaults().withTaskDecorator(upper).withContextPropagation())) {
            try (PogoScope scope = Runtimes.start(config).open()) {
                Task<Object> task = scope.spawn(() -> 1);
                assertEquals("acme acme 1", task.await());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void accessor_fails_noTaskOrAFailedOne(Failing failing) throws InterruptedException {
        IllegalStateException failure = new IllegalStateException("no tenant");
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(
                        new ThreadLocalAccessor<String>() {
                            @Override
                            public Object key() {
                                return KEY;
                            }

                            @Override
                            public @Nullable String getValue() {
                                failIf(Failing.GET);
                                return "acme";
                            }

                            @Override
                            public void setValue(String value) {
                                failIf(Failing.SET);
                            }

                            @Override
                            public void restore(String previous) {
                                failIf(Failing.RESTORE);
                            }

                            private void failIf(Failing step) {
                                if (step == failing) {
                                    throw failure;
                                }
                            }
                        });
        try (PogoScope scope = Runtimes.start(config()).open()) {
            if (failing == Failing.GET) {
                assertSame(
                        failure,
                        assertThrows(IllegalStateException.class, () -> scope.spawn(() -> 1)));
                assertEquals(List.of(), scope.settle(Duration.ofSeconds(5)));
            } else {
                Task<Integer> task = scope.spawn(() -> 1);
                assertSame(
                        failure, assertThrows(TaskFailedException.class, task::await).getCause());
            }
            ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
            assertEquals(1, scope.spawn(() -> 1).await());
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void mdc_withAnAccessorOfItsOwn_isCarriedAsWithoutIt(ThreadKind threads)
            throws InterruptedException {
        ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
        String pool = threads == ThreadKind.VIRTUAL ? "default" : "cpu";
        try (PogoScope scope = Runtimes.start(config()).open()) {
            MDC.put("request", "1");
            Task<String> task =
                    scope.spawn(
                            pool,
                            () -> {
                                String seen = MDC.get("request");
                                MDC.put("request", "changed");
                                return seen;
                            });
            assertEquals("1", task.await());
            assertEquals(Map.of("request", "1"), MDC.getCopyOfContextMap());
            MDC.clear();
            assertNull(scope.spawn(pool, () -> MDC.get("request")).await());
        }
    }

    @Test
    void observation_current_isCurrentInTheTask() throws InterruptedException {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(context -> true);
        Observation request = Observation.start("request", registry);
        try (PogoScope scope = Runtimes.start(config()).open()) {
            try (Observation.Scope current = request.openScope()) {
                assertFalse(current.isNoop());
                for (String pool : List.of("default", "cpu")) {
                    assertSame(request, scope.spawn(pool, registry::getCurrentObservation).await());
                }
            }
            assertNull(scope.spawn(registry::getCurrentObservation).await());
        } finally {
            request.stop();
        }
    }

    @Test
    void springSecurity_authentication_isThatOfTheSpawningThread() throws InterruptedException {
        Authentication user = new TestingAuthenticationToken("ada", "secret");
        try (PogoScope scope = Runtimes.start(config()).open()) {
            SecurityContextHolder.getContext().setAuthentication(user);
            for (String pool : List.of("default", "cpu")) {
                assertSame(user, scope.spawn(pool, ContextPropagationTest::authentication).await());
            }
            SecurityContextHolder.clearContext();
            assertNull(scope.spawn(ContextPropagationTest::authentication).await());
        }
    }

    private static @Nullable Authentication authentication() {
        return SecurityContextHolder.getContext().getAuthentication();
    }

    /** From the subscriber's context to the task, and from the task to a pipeline inside it. */
    @Test
    void reactorContext_withAutomaticPropagation_reachesTasksAndPipelinesInThem() {
        PogoRuntime runtime = Runtimes.start(config());
        Hooks.enableAutomaticContextPropagation();
        try {
            String seen =
                    Mono.fromCallable(
                                    () -> {
                                        try (PogoScope scope = runtime.open()) {
                                            return scope.spawn("cpu", this::askInAPipeline).await();
                                        }
                                    })
                            .contextWrite(context -> context.put(KEY, "acme"))
                            .block(Duration.ofSeconds(30));
            assertEquals("acme, acme", seen);
            assertNull(tenant.get());
        } finally {
            Hooks.disableAutomaticContextPropagation();
        }
    }

    private @Nullable String askInAPipeline() {
        String local = tenant.get();
        return Mono.deferContextual(context -> Mono.just(local + ", " + context.get(KEY)))
                .contextCapture()
                .block(Duration.ofSeconds(30));
    }

    @Test
    void library_missing_isRefusedWithWhatToAdd() throws Exception {
        assertEquals(
                "PogoConfig: withContextPropagation(): needs the library"
                        + " io.micrometer:context-propagation; add it to the dependencies, and in a"
                        + " module also \"requires context.propagation\"; 1",
                program().run(List.of(QUIET), "acme.Carried"));
    }

    @Test
    void library_onTheModulePath_isUsed() throws Exception {
        ModuleProgram program = program();
        program.addJar(ContextRegistry.class);
        assertEquals(
                "carried; 1",
                program.run(
                        List.of(QUIET, "--add-modules", "context.propagation"), "acme.Carried"));
    }

    private ModuleProgram program() throws Exception {
        return new ModuleProgram(
                folder.resolve("program"),
                "",
                Map.of(
                        "acme/Carried.java",
                        """
                        package acme;
                        import dev.pogo.*;
                        class Carried {
                            public static void main(String[] args) throws InterruptedException {
                                PogoConfig config = PogoConfig.defaults();
                                try {
                                    config = config.withContextPropagation();
                                    System.out.print("carried");
                                } catch (InvalidConfigException e) {
                                    System.out.print(e.getMessage());
                                }
                                config = config.withTaskDecorator(work -> work);
                                try (var runtime = PogoRuntime.start(config);
                                        var scope = runtime.open()) {
                                    System.out.print("; " + scope.spawn("default", () -> 1).await());
                                }
                            }
                        }
                        """));
    }
}
