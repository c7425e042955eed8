package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.engine.Runtimes;

import io.micrometer.context.ContextRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** OpenTelemetry's spans: those of tasks are children of the request's. */
class TracingTest {
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final SdkTracerProvider provider =
            SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build();
    private final Tracer tracer = provider.get("test");
    private final BlockingQueue<Context> leftBehind = new LinkedBlockingQueue<>();

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(new OpenTelemetryAccessor());
    }

    @AfterEach
    void remove() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(OpenTelemetryAccessor.KEY);
        provider.close();
    }

    private PogoRuntime runtime(ThreadKind threads, int numThreads) {
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(
                                PoolConfig.named("default")
                                        .withThreads(threads)
                                        .withNumThreads(numThreads))
                        .withContextPropagation();
        TaskDecorator decorator = config.taskDecorator();
        assertNotNull(decorator);
        return Runtimes.start(config.withTaskDecorator(decorator.andThen(this::observed)));
    }

    /** Notes what the task's thread has once the span is to be gone from it. */
    private Callable<Object> observed(Callable<Object> work) {
        return () -> {
            try {
                return work.call();
            } finally {
                leftBehind.add(Context.current());
            }
        };
    }

    private void assertNothingIsLeft() throws InterruptedException {
        assertSame(Context.root(), leftBehind.poll(10, TimeUnit.SECONDS));
    }

    private int traced(int number) {
        tracer.spanBuilder("task " + number).startSpan().end();
        return number;
    }

    private static String id(Span span) {
        return span.getSpanContext().getSpanId();
    }

    private List<String> parents(String name) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().startsWith(name))
                .map(SpanData::getParentSpanId)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void spansOfTasks_haveTheRequestsSpanAsParent(ThreadKind threads) throws InterruptedException {
        PogoRuntime runtime = runtime(threads, 2); // so that some wait, and others admit them
        List<Integer> numbers = IntStream.range(0, 20).boxed().toList();
        for (String name : List.of("first", "second")) {
            spans.reset();
            Span request = tracer.spanBuilder(name).startSpan();
            try (Scope current = request.makeCurrent();
                    PogoScope scope = runtime.open()) {
                assertNotNull(current);
                List<Task<Integer>> tasks =
                        numbers.stream().map(n -> scope.spawn(() -> traced(n))).toList();
                for (Task<Integer> task : tasks) {
                    task.await();
                    assertNothingIsLeft();
                }
            } finally {
                request.end();
            }
            assertEquals(numbers.stream().map(n -> id(request)).toList(), parents("task"));
        }
    }

    @Test
    void spanOfATaskOfATask_hasThatTasksSpanAsParent() throws InterruptedException {
        PogoRuntime runtime = runtime(ThreadKind.VIRTUAL, 1);
        try (PogoScope scope = runtime.open()) {
            String parent =
                    scope.spawn(
                                    () -> {
                                        Span outer = tracer.spanBuilder("outer").startSpan();
                                        try (Scope current = outer.makeCurrent();
                                                PogoScope nested = runtime.open()) {
                                            assertNotNull(current);
                                            nested.spawn(() -> traced(1)).await();
                                        } finally {
                                            outer.end();
                                        }
                                        return id(outer);
                                    })
                            .await();
            assertNothingIsLeft();
            assertNothingIsLeft();
            assertEquals(List.of(parent), parents("task"));
            assertEquals(List.of(SpanId.getInvalid()), parents("outer"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void span_workThrowsOrIsCancelled_isGoneAfterwards(ThreadKind threads) throws Exception {
        Span request = tracer.spanBuilder("request").startSpan();
        IllegalStateException failure = new IllegalStateException("the work's own");
        try (Scope current = request.makeCurrent();
                PogoScope scope = runtime(threads, 2).open();
                Held held = Held.untilReleased()) {
            assertNotNull(current);
            Task<Void> failing =
                    scope.spawn(() -> {
                        throw failure;
                    });
            assertSame(failure, assertThrows(TaskFailedException.class, failing::await).getCause());
            assertNothingIsLeft();
            Task<String> cancelled = scope.spawn(held);
            held.awaitStarted();
            cancelled.cancel();
            assertNothingIsLeft();
        } finally {
            request.end();
        }
        assertSame(Context.root(), Context.current());
    }
}
