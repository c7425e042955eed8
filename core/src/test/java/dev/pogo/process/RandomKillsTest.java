package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;
import dev.pogo.Messages;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Many jobs, while somebody kills their workers all the time. */
class RandomKillsTest {
    private static final int JOBS = 10_000;
    private static final int BATCH = 500;

    @Test
    void jobs_whileWorkersAreKilled_haveOneOutcomeEachAndNothingIsLeft() throws Exception {
        long seed = Long.getLong("pogo.stress.seed", System.nanoTime());
        run(100, seed); // loads what it needs
        int descriptors = Workers.descriptors();
        int zombies = Workers.zombies();
        int files = Workers.leftFiles();
        run(JOBS, seed);
        Eventually.isTrue(
                () -> Workers.descriptors() <= descriptors,
                () -> Workers.descriptors() + " descriptors, " + descriptors + " before");
        assertEquals(zombies, Workers.zombies());
        assertEquals(files, Workers.leftFiles());
    }

    private static void run(int jobs, long seed) throws InterruptedException {
        Random random = new Random(seed);
        PogoRuntime runtime =
                Workers.start(
                        8,
                        Workers.sample().withMinWorkers(4).withMaxWorkers(4).withShmSize(4 << 20));
        Workers.idle(runtime, 4);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger kills = new AtomicInteger();
        Thread killer = new Thread(() -> kill(runtime, new Random(seed), over, kills));
        killer.start();
        int failed = 0;
        try {
            for (int done = 0; done < jobs; done += BATCH) {
                failed += batch(runtime, random, done, Math.min(BATCH, jobs - done));
            }
        } finally {
            over.set(true);
            killer.join();
        }
        Workers.idle(runtime, 4);
        ProcessWorkerStats stats = Workers.stats(runtime);
        String facts = "seed " + seed + ", " + failed + " failed, " + kills + " kills, " + stats;
        assertEquals(4, stats.peak(), facts);
        assertTrue(failed <= kills.get(), facts);
        assertTrue(jobs < JOBS || failed >= 20, facts);
        assertEquals(jobs - failed, stats.jobs(), facts);
        assertEquals(0, runtime.pool(Workers.POOL).stats().running(), facts);
        runtime.close();
    }

    /** Each answer is that of its own request, or there is none and the worker has crashed. */
    private static int batch(PogoRuntime runtime, Random random, int from, int size)
            throws InterruptedException {
        int failed = 0;
        try (PogoScope scope = runtime.open()) {
            List<Task<?>> tasks = new ArrayList<>();
            List<Object> expected = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                Object args =
                        random.nextInt(20) == 0
                                ? (from + i) + "x".repeat(random.nextInt(100_000))
                                : Integer.valueOf(from + i);
                expected.add(args);
                tasks.add(scope.spawn(Workers.POOL, "echo", args));
            }
            for (int i = 0; i < size; i++) {
                try {
                    assertEquals(expected.get(i), tasks.get(i).await(Workers.LONG));
                } catch (TaskFailedException e) {
                    failed++;
                    Messages.assertContains("by signal 9 (SIGKILL)", e);
                }
            }
        }
        return failed;
    }

    private static void kill(
            PogoRuntime runtime, Random random, AtomicBoolean over, AtomicInteger kills) {
        while (!over.get()) {
            // Seldom one that may just be starting: if there were only such ones, it would be right
            // to give up.
            boolean any = random.nextInt(20) == 0;
            List<Long> pids =
                    Workers.stats(runtime).workers().stream()
                            .filter(worker -> worker.busy() || (any && worker.pid() > 0))
                            .map(ProcessWorkerStats.WorkerStats::pid)
                            .toList();
            if (!pids.isEmpty()) {
                Workers.kill(pids.get(random.nextInt(pids.size())));
                kills.incrementAndGet();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5 + random.nextInt(40)));
        }
    }
}
