package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;

import com.sun.net.httpserver.HttpServer;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** The executor of a scope under what takes executors. */
class ExecutorUseTest {
    @Test
    void completableFuture_chains_runInTheScope() {
        try (PogoScope scope = Runtimes.ofSize(2).open(ofSeconds(60))) {
            ExecutorService executor = scope.executor("default");
            CompletableFuture<Integer> sum =
                    CompletableFuture.supplyAsync(() -> 20, executor)
                            .thenCombineAsync(
                                    CompletableFuture.supplyAsync(() -> 1, executor),
                                    Integer::sum,
                                    executor)
                            .thenComposeAsync(
                                    n -> CompletableFuture.supplyAsync(() -> 2 * n, executor),
                                    executor);
            assertEquals(42, sum.join());
            CompletableFuture<Integer> failed =
                    CompletableFuture.supplyAsync(
                            () -> {
                                throw new IllegalStateException("test");
                            },
                            executor);
            assertInstanceOf(
                    IllegalStateException.class,
                    assertThrows(CompletionException.class, failed::join).getCause());
            assertEquals(7, failed.exceptionallyAsync(e -> 7, executor).join());
            List<CompletableFuture<Integer>> many =
                    IntStream.range(0, 1_000)
                            .mapToObj(i -> CompletableFuture.supplyAsync(() -> i, executor))
                            .toList();
            CompletableFuture.allOf(many.toArray(CompletableFuture[]::new)).join();
            assertEquals(499_500, many.stream().mapToInt(CompletableFuture::join).sum());
        }
    }

    @Test
    void completableFuture_scopeClosed_isRefused() {
        ExecutorService executor;
        CompletableFuture<Integer> before = new CompletableFuture<>();
        try (PogoScope scope = Runtimes.ofSize(2).open()) {
            executor = scope.executor("default");
        }
        assertThrows(
                RejectedExecutionException.class,
                () -> CompletableFuture.supplyAsync(() -> 1, executor));
        CompletableFuture<Integer> after = before.thenApplyAsync(n -> n, executor);
        before.complete(1);
        assertInstanceOf(
                RejectedExecutionException.class,
                assertThrows(CompletionException.class, after::join).getCause());
    }

    @Test
    void completionService_manyTasks_givesEach() throws Exception {
        try (PogoScope scope = Runtimes.ofSize(3).open()) {
            ExecutorCompletionService<Integer> service =
                    new ExecutorCompletionService<>(scope.executor("default"));
            for (int i = 0; i < 500; i++) {
                int number = i;
                service.submit(() -> number);
            }
            int sum = 0;
            for (int i = 0; i < 500; i++) {
                sum += service.take().get();
            }
            assertEquals(124_750, sum);
        }
    }

    @Test
    void httpClient_onTheExecutor_works() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestURI().getPath().getBytes(UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try (PogoScope scope = Runtimes.ofSize(4).open(ofSeconds(60));
                HttpClient client =
                        HttpClient.newBuilder().executor(scope.executor("default")).build()) {
            URI top = URI.create("http://localhost:" + server.getAddress().getPort());
            List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                HttpRequest request = HttpRequest.newBuilder(top.resolve("/" + i)).build();
                responses.add(client.sendAsync(request, BodyHandlers.ofString()));
            }
            for (int i = 0; i < 20; i++) {
                assertEquals("/" + i, responses.get(i).get(30, TimeUnit.SECONDS).body());
            }
            HttpRequest last = HttpRequest.newBuilder(top.resolve("/last")).build();
            assertEquals("/last", client.send(last, BodyHandlers.ofString()).body());
            assertTrue(scope.settle(ofSeconds(20)).size() > 20, "they were tasks of the scope");
        } finally {
            server.stop(0);
        }
    }

    /**
     * Threads submit, cancel and shut down at once. Work that was accepted has run, or is given
     * back, or its future is cancelled; whatever is refused does not run.
     */
    @Test
    void stress_submitCancelAndShutDown_eachWorkHasOneFate() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int round = 0; round < 60; round++) {
            try {
                stress(seeds.split());
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    private static void stress(SplittableRandom random) throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(1 + random.nextInt(3));
        ConcurrentLinkedQueue<Throwable> findings = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<AtomicInteger> accepted = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<AtomicInteger> refused = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Runnable> givenBack = new ConcurrentLinkedQueue<>();
        AtomicInteger interrupted = new AtomicInteger();
        try (PogoScope scope = runtime.open()) {
            ExecutorService executor = scope.executor("default");
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SplittableRandom own = random.split();
                boolean stops = i == 3;
                threads.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        int steps = own.nextInt(1, 60);
                                        for (int step = 0; step < steps; step++) {
                                            execute(executor, own, accepted, refused, interrupted);
                                        }
                                        if (stops) {
                                            givenBack.addAll(executor.shutdownNow());
                                        }
                                    } catch (Throwable e) {
                                        findings.add(e);
                                    }
                                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertTrue(executor.awaitTermination(20, TimeUnit.SECONDS), executor::toString);
            assertTrue(executor.isTerminated());
            assertTrue(scope.settle(ofSeconds(20)).stream().allMatch(Task::done));
        }
        assertEquals(List.of(), List.copyOf(findings));
        givenBack.forEach(Runnable::run);
        for (AtomicInteger runs : accepted) {
            assertEquals(1, runs.get());
        }
        for (AtomicInteger runs : refused) {
            assertEquals(0, runs.get());
        }
    }

    private static void execute(
            ExecutorService executor,
            SplittableRandom random,
            ConcurrentLinkedQueue<AtomicInteger> accepted,
            ConcurrentLinkedQueue<AtomicInteger> refused,
            AtomicInteger interrupted)
            throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Runnable work =
                () -> {
                    runs.incrementAndGet();
                    Thread.yield();
                    if (Thread.interrupted()) {
                        interrupted.incrementAndGet();
                    }
                };
        try {
            if (random.nextBoolean()) {
                executor.execute(work);
                accepted.add(runs);
                return;
            }
            Future<Integer> future = executor.submit(work, 1);
            if (random.nextInt(3) == 0) {
                if (!future.cancel(random.nextBoolean())) {
                    assertTrue(future.isDone());
                }
                assertTrue(runs.get() <= 1);
            } else {
                accepted.add(runs);
            }
        } catch (RejectedExecutionException e) {
            refused.add(runs);
        }
    }
}
