package dev.pogo.process;

import dev.pogo.PoolConfig;
import dev.pogo.process.wire.Frame;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Measures how fast bodies get to a worker in Python and back, by pipe and by shared memory,
 * without the costs of JSON. Each figure is the best of several rounds, since anything else that
 * the machine does only makes it worse; MB/s count both ways. In this package, because it calls a
 * worker with bytes, which the API does not offer.
 */
public final class Transport {
    private static final List<Integer> SIZES =
            List.of(1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24);
    private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MEASURED_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    private static final int ROUNDS = 9;

    private Transport() {}

    /**
     * Measures, and prints a table.
     *
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static void run() throws InterruptedException {
        ProcessWorkers workers = ProcessWorkers.command("python3", script());
        PoolConfig pool = PoolConfig.named("mirror").withNumThreads(1);
        try (Supervisor pipe = (Supervisor) workers.start(pool);
                Supervisor shared = (Supervisor) workers.withShmSize(64 << 20).start(pool)) {
            System.out.println("| body | pipe, µs | shared, µs | pipe, MB/s | shared, MB/s |");
            System.out.println("|---:|---:|---:|---:|---:|");
            for (int size : SIZES) {
                byte[] body = new byte[size];
                new Random(size).nextBytes(body);
                // In turn, so that both have the machine as it is.
                double[][] rounds = new double[2][ROUNDS];
                for (int round = 0; round < ROUNDS; round++) {
                    rounds[0][round] = roundTripNanos(pipe, body);
                    rounds[1][round] = roundTripNanos(shared, body);
                }
                double byPipe = best(rounds[0]);
                double byMemory = best(rounds[1]);
                System.out.printf(
                        Locale.ROOT,
                        "| %,d KB | %,.1f | %,.1f | %,.0f | %,.0f |%n",
                        size >> 10,
                        byPipe / 1e3,
                        byMemory / 1e3,
                        2e3 * size / byPipe,
                        2e3 * size / byMemory);
            }
        }
    }

    private static String script() {
        try {
            URL mirror = Objects.requireNonNull(Transport.class.getResource("mirror.py"));
            return Path.of(mirror.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double best(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double roundTripNanos(Supervisor supervisor, byte[] body)
            throws InterruptedException {
        repeat(supervisor, body, WARM_UP_NANOS);
        return repeat(supervisor, body, MEASURED_NANOS);
    }

    private static double repeat(Supervisor supervisor, byte[] body, long nanos)
            throws InterruptedException {
        long began = System.nanoTime();
        long trips = 0;
        long took = 0;
        while (took < nanos) {
            WorkerProcess worker = supervisor.workerPool().acquire(System.nanoTime());
            try {
                Frame answer = Objects.requireNonNull(worker.call(body));
                if (trips++ == 0 && !Arrays.equals(answer.body(), body)) {
                    throw new IllegalStateException("something else came back");
                }
            } finally {
                supervisor.workerPool().release(worker);
            }
            took = System.nanoTime() - began;
        }
        return (double) took / trips;
    }
}
