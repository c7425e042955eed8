package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** The examples of the Javadoc that are about jobs. */
class JobExampleTest {
    // @start region="job"
    public record Sku(String sku) {}

    public record Stock(String sku, int count, BigDecimal price) {}

    public static final class FetchStock implements Job<Sku, Stock> {
        @Override
        public Stock handle(Sku args) {
            return new Stock(args.sku(), 3, new BigDecimal("9.90"));
        }
    }

    // @end

    @Test
    void job_calledAsAPlainObject_isTestedWithoutPogo() {
        assertEquals(3, new FetchStock().handle(new Sku("A-100")).count());
    }

    @Test
    void job_example_works() throws InterruptedException {
        try (PogoScope scope = Runtimes.ofSize(1).open()) {
            Task<Stock> stock = scope.spawn("default", FetchStock.class, new Sku("A-100"));
            assertEquals(3, stock.await().count());
        }
    }

    /** What a worker sends its requests through. */
    private interface Connection {
        byte[] call(byte[] request) throws InterruptedException;
    }

    // @start region="worker"
    private record RemoteWorker(Connection connection) implements Worker {
        @Override
        public WorkerResponse handle(WorkerRequest request) throws InterruptedException {
            byte[] answer = connection.call(request.toJson());
            return WorkerResponse.parse(answer);
        }
    }

    // @end

    // @start region="localWorker"
    private static byte[] answer(byte[] request) throws InterruptedException {
        Set<String> known = Set.of(FetchStock.class.getName());
        LocalWorker worker = new LocalWorker(known::contains);
        return worker.handle(WorkerRequest.parse(request)).toJson();
    }

    // @end

    @Test
    void localWorker_example_works() throws InterruptedException {
        WorkerRequest request =
                new WorkerRequest(FetchStock.class.getName(), Map.of("sku", "A-100"));
        assertEquals(
                "{\"ok\":true,\"result\":{\"sku\":\"A-100\",\"count\":3,\"price\":9.90}}",
                new String(answer(request.toJson()), StandardCharsets.UTF_8));
    }

    @Test
    void worker_example_works() throws InterruptedException {
        Connection connection =
                request -> {
                    assertEquals(
                            "{\"class\":\"dev.pogo.JobExampleTest$FetchStock\","
                                    + "\"args\":{\"sku\":\"A-100\"}}",
                            new String(request, StandardCharsets.UTF_8));
                    return "{\"ok\":true,\"result\":{\"sku\":\"A-100\",\"count\":7,\"price\":1.5}}"
                            .getBytes(StandardCharsets.UTF_8);
                };
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(
                                PoolConfig.named("default")
                                        .withWorker(new RemoteWorker(connection)));
        try (PogoScope scope = Runtimes.start(config).open()) {
            Stock stock = scope.spawn(FetchStock.class, new Sku("A-100")).await();
            assertEquals(new Stock("A-100", 7, new BigDecimal("1.5")), stock);
        }
    }
}
