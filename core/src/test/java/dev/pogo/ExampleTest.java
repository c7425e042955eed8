package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** The examples of the Javadoc. */
class ExampleTest {
    @Test
    void door_example_works() throws InterruptedException {
        // @start region="door"
        try (var scope = Pogo.open(ofSeconds(2))) {
            Task<String> greeting = scope.spawn(() -> "hello");
            Task<Integer> answer = scope.spawn("default", () -> 6 * 7);
            String page = greeting.await() + " " + answer.await(ofSeconds(1)); // "hello 42"
            // @end
            assertEquals("hello 42", page);
        }
    }

    @Test
    void scope_example_works() throws InterruptedException {
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults());
        // @start region="scope"
        try (PogoScope scope = runtime.open(ofSeconds(2))) {
            scope.spawn(() -> 1);
            scope.spawn(() -> 2);
            scope.awaitAll(); // or throws the first failure and cancels the rest
            for (Task<?> task : scope.settle(ofSeconds(1))) { // all, whatever became of them
                System.out.println(task.name() + ": " + task.result());
            }
        }
        // @end
    }

    @Test
    void completions_example_works() throws InterruptedException {
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults());
        int sum = 0;
        // @start region="completions"
        try (PogoScope scope = runtime.open(ofSeconds(2))) {
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 1; i <= 10; i++) {
                int number = i;
                tasks.add(scope.spawn(() -> number * number));
            }
            Completions<Integer> completions = scope.completions(tasks);
            while (completions.remaining() > 0) {
                Optional<Task<Integer>> next = completions.next(ofSeconds(1));
                if (next.isEmpty()) {
                    break; // none has ended for a second; what goes on is cancelled with the scope
                }
                sum += next.get().result();
            }
        }
        // @end
        assertEquals(385, sum);
    }

    @Test
    void spec_example_works() throws InterruptedException {
        try (PogoScope scope = Pricing.RUNTIME.open(ofSeconds(2))) {
            assertEquals(42, new Pricing().price(scope).await());
        }
    }

    private static final class Pricing {
        private static final PogoRuntime RUNTIME =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(PoolConfig.named("external_api").withNumThreads(16)));

        // @start region="spec"
        private static final TaskSpec PRICE =
                TaskSpec.in("external_api").named("price").within(ofMillis(800));

        Task<Integer> price(PogoScope scope) {
            return scope.spawn(PRICE, () -> fetchPrice());
        }

        // @end

        private static int fetchPrice() {
            return 42;
        }
    }

    @Test
    void failFast_example_works() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(2);
        // @start region="failFast"
        try (PogoScope scope = runtime.open(ofSeconds(2)).failFast()) {
            Task<Integer> price = scope.spawn(() -> 42);
            Task<Integer> stock = scope.spawn(() -> 7);
            int worth = price.await() * stock.await(); // as soon as either fails, this throws that
            // @end
            assertEquals(294, worth);
        }
    }

    @Test
    void settle_example_works() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(2);
        int worth = 0;
        // @start region="settle"
        try (PogoScope scope = runtime.open(ofSeconds(2))) {
            Task<Integer> price = scope.spawn(() -> 42);
            Task<Integer> stock = scope.spawn(() -> 7);
            scope.settle(); // until the deadline
            worth = price.resultOr(0) * stock.resultOr(0);
        }
        // @end
        assertEquals(294, worth);
    }

    @Test
    void map_example_works() throws InterruptedException {
        PogoRuntime runtime = Runtimes.ofSize(2);
        List<String> skus = List.of("a", "b", "c");
        // @start region="map"
        List<Integer> lengths;
        try (PogoScope scope = runtime.open(ofSeconds(2))) {
            lengths = scope.map("default", skus, sku -> sku.length());
        }
        // @end
        assertEquals(List.of(1, 1, 1), lengths);
    }

    @Test
    void executor_example_works() throws Exception {
        PogoRuntime runtime = Runtimes.ofSize(2);
        // @start region="executor"
        try (PogoScope scope = runtime.open(ofSeconds(2))) {
            ExecutorService executor = scope.executor("default");
            CompletableFuture<Integer> price = CompletableFuture.supplyAsync(() -> 42, executor);
            Future<Integer> stock = executor.submit(() -> 7);
            int worth = price.join() * stock.get();
            // @end
            assertEquals(294, worth);
        }
    }

    @Test
    void current_example_works() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open(ofSeconds(20))) {
            assertEquals(499_500, scope.spawn(ExampleTest::sum).await());
        }
    }

    // @start region="current"
    static long sum() {
        Task<?> task = Task.current();
        long sum = 0;
        for (int i = 0; i < 1_000 && !task.isCancelled(); i++) {
            sum += i;
        }
        return sum;
    }

    // @end

    @Test
    void report_example_works() {
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults());
        // @start region="report"
        PogoScope finished;
        try (PogoScope scope = runtime.open(ofSeconds(2))) {
            scope.spawn(() -> 1);
            finished = scope;
        }
        System.out.println(finished.report()); // after the close all of it is final
        // @end
        assertEquals(1, finished.report().tasks().size());
    }

    @Test
    void onCancel_example_works() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                PogoScope scope = platform().open()) {
            Task<Integer> task = scope.spawn(() -> firstByte(silent.getLocalSocketAddress()));
            assertThrows(AwaitTimeoutException.class, () -> task.await(ofMillis(50)));
        } // returns although an interrupt does not end the read on a platform thread
    }

    private static PogoRuntime platform() {
        return Runtimes.start(
                PogoConfig.defaults()
                        .withPool(PoolConfig.named("default").withThreads(ThreadKind.PLATFORM)));
    }

    @SuppressWarnings("try") // the hook is there to be closed
    // @start region="onCancel"
    static int firstByte(SocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            try (CancelHook hook = Task.current().onCancel(() -> close(socket))) {
                socket.connect(address);
                return socket.getInputStream().read();
            }
        }
    }

    // @end

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
