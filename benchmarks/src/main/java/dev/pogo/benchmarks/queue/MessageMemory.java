package dev.pogo.benchmarks.queue;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.benchmarks.measure.ServerWatch;
import dev.pogo.benchmarks.measure.Table;
import dev.pogo.queue.MemoryBackend;
import dev.pogo.queue.PushOptions;
import dev.pogo.queue.RedisBackend;
import dev.pogo.testing.RedisServer;

import redis.clients.jedis.Protocol.Command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * How much memory a message takes, of 100 bytes.
 *
 * @param messages how many are measured
 */
record MessageMemory(int messages) {
    private static final PushOptions LATER = PushOptions.none().withDelay(Duration.ofHours(1));
    private static final int CALLERS = 64;

    /** Adds a message. */
    private interface Step {
        void run() throws Exception;
    }

    /** Prints the table. */
    void print() throws Exception {
        Payload payload = Payload.of(100);
        Table table = new Table("bytes of a message of 100 B", "pending", "delayed");
        try (RedisServer server = RedisServer.start();
                ServerWatch watch = new ServerWatch(server.port());
                Wire wire = new Wire(server.url());
                Queues queue = new Queues(redis(server), "memory", 1)) {
            byte[] stream = bytes("stream");
            byte[] json = payload.json();
            double byHand =
                    grown(
                            () ->
                                    wire.call(
                                            Command.XADD,
                                            stream,
                                            bytes("*"),
                                            bytes("i"),
                                            bytes(System.currentTimeMillis() + "-100000"),
                                            bytes("p"),
                                            json),
                            watch::memory);
            table.row("Redis, `XADD` by hand", byHand, 0);
            table.row(
                    "Redis, `PogoQueue`",
                    grown(() -> queue.push(payload.text()), watch::memory),
                    grown(() -> queue.push(payload.text(), LATER), watch::memory));
        }
        MemoryBackend memory =
                MemoryBackend.defaults()
                        .withMaxMessages(4 * messages)
                        .withMaxTotalBytes(Integer.MAX_VALUE);
        try (Queues queue = new Queues(memory, "memory", 1)) {
            table.row(
                    "this process, `PogoQueue` in memory",
                    grown(() -> queue.push(payload.text()), MessageMemory::heap),
                    grown(() -> queue.push(payload.text(), LATER), MessageMemory::heap));
        }
        System.out.println(table);
    }

    private RedisBackend redis(RedisServer server) {
        return RedisBackend.at(server.url()).withMaxMessages(4 * messages);
    }

    private double grown(Step step, LongSupplier memory) throws Exception {
        step.run(); // what is there once is not counted
        long before = memory.getAsLong();
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int share = messages / CALLERS + (caller < messages % CALLERS ? 1 : 0);
                running.add(
                        callers.submit(() -> {
                            for (int i = 0; i < share; i++) {
                                step.run();
                            }
                            return null;
                        }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        return (memory.getAsLong() - before) / (double) messages;
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
