package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Many jobs over three hosts, while hosts and callers are killed at random: each task of a caller
 * that lives has one outcome, no job begins twice, and nothing is left in Redis. The system
 * property {@code pogo.kills.jobs} sets the number of jobs.
 */
@ExtendWith(RedisExtension.class)
class RandomKillsTest {
    private static final int JOBS = Integer.getInteger("pogo.kills.jobs", 2_000);
    private static final int HOSTS = 3;

    /** Jobs of a caller that is killed. */
    private static final int OF_DOOMED = JOBS / 10;

    /** Longer than the test may take. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final long SEED = Long.getLong("pogo.kills.seed", System.nanoTime());

    /** A caller in a process of its own. */
    static final class Caller {
        public static void main(String[] args) throws InterruptedException {
            RemoteWorkers workers =
                    RemoteWorkers.redis(args[0], Fleet.QUEUE).withHeartbeat(Fleet.BEAT);
            PogoConfig config =
                    PogoConfig.defaults()
                            .withPool(
                                    PoolConfig.named(Fleet.POOL)
                                            .withNumThreads(32)
                                            .withMaxWait(PATIENCE)
                                            .withWorker(workers));
            try (PogoRuntime runtime = PogoRuntime.start(config);
                    PogoScope scope = runtime.open()) {
                long first = Long.parseLong(args[1]);
                for (long number = first; number < first + OF_DOOMED; number++) {
                    spawn(scope, number);
                }
                scope.settle(PATIENCE);
            }
        }
    }

    private static PoolConfig pool(PogoConfig config) {
        return config.pools().stream()
                .filter(pool -> pool.name().equals(Fleet.POOL))
                .findAny()
                .orElseThrow();
    }

    private static Task<Long> spawn(PogoScope scope, long number) {
        return scope.spawn(
                Fleet.POOL, Jobs.Counted.class, new Jobs.Counted.Args(number, number % 20));
    }

    @Test
    @Timeout(300)
    void jobs_whileHostsAndCallersDie_beginOnceAndEndOnce(RedisServer server)
            throws InterruptedException {
        Probe probe = new Probe(server);
        Random random = new Random(SEED);
        AtomicBoolean over = new AtomicBoolean();
        List<ChildJvm> hosts = new ArrayList<>();
        List<ChildJvm> callers = new ArrayList<>();
        int succeeded = 0;
        int lost = 0;
        int kills = 0;
        try (Fleet fleet = new Fleet(server)) {
            for (int i = 0; i < HOSTS; i++) {
                hosts.add(HostJvm.start(server.url(), "host" + i, 8));
            }
            for (int i = 1; i <= 2; i++) {
                callers.add(
                        ChildJvm.start(
                                List.of(),
                                List.of(),
                                Caller.class,
                                server.url(),
                                Long.toString((long) i * JOBS)));
            }
            PogoRuntime caller =
                    fleet.caller(
                            64,
                            fleet.workers().withClaimTimeout(PATIENCE),
                            config -> config.withPool(pool(config).withMaxWait(PATIENCE)));
            Fleet.awaitHosts(caller, HOSTS);
            Thread main = Thread.currentThread();
            try (PogoScope scope = caller.open()) {
                List<Task<Long>> tasks = new ArrayList<>();
                for (long number = 0; number < JOBS - 2 * OF_DOOMED; number++) {
                    tasks.add(spawn(scope, number));
                }
                Thread settling =
                        Thread.ofVirtual()
                                .start(() -> {
                                    settle(scope);
                                    over.set(true);
                                    LockSupport.unpark(main);
                                });
                while (!over.get()) {
                    LockSupport.parkNanos(Duration.ofMillis(200 + random.nextInt(600)).toNanos());
                    // One that has just been started is not seen yet.
                    if (!over.get() && Fleet.stats(caller).hosts() >= HOSTS) {
                        int victim = random.nextInt(HOSTS);
                        hosts.get(victim).kill();
                        kills++;
                        hosts.set(victim, HostJvm.start(server.url(), "host" + kills, 8));
                        if (!callers.isEmpty() && kills % 3 == 0) {
                            callers.removeFirst().kill();
                        }
                    }
                }
                settling.join();
                for (Task<Long> task : tasks) {
                    if (task.state() == Task.State.SUCCEEDED) {
                        succeeded++;
                    } else {
                        assertTrue(
                                String.valueOf(task.failure().orElseThrow().getMessage())
                                        .contains("counts as lost"),
                                () -> seed() + task.failure());
                        lost++;
                    }
                }
                assertEquals(JOBS - 2 * OF_DOOMED, succeeded + lost, RandomKillsTest::seed);
            }
        } finally {
            hosts.forEach(ChildJvm::close);
            callers.forEach(ChildJvm::close);
        }
        for (long number = 0; number < 2L * JOBS + OF_DOOMED; number++) {
            String begun = probe.get("begun:" + number);
            assertTrue(begun.isEmpty() || begun.equals("1"), seed() + number + " began " + begun);
        }
        Probe.until(() -> probe.keys().isEmpty(), () -> seed() + probe.keys());
        System.out.printf(
                "%s%d succeeded, %d were lost with %d hosts%n", seed(), succeeded, lost, kills);
    }

    private static void settle(PogoScope scope) {
        try {
            scope.settle(PATIENCE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String seed() {
        return "seed " + SEED + ": ";
    }
}
