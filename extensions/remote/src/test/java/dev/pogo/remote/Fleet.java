package dev.pogo.remote;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.RedisServer;

import redis.clients.jedis.Protocol;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

/** Callers and hosts in this process, of one queue; closes them, the last one first. */
final class Fleet implements AutoCloseable {
    static final String QUEUE = "render";
    static final String POOL = "far";
    static final Duration BEAT = Duration.ofMillis(300);
    static final Duration LONG = Duration.ofSeconds(20);

    private final RedisServer server;
    private final Deque<Runnable> open = new ArrayDeque<>();

    Fleet(RedisServer server) {
        this.server = server;
        Jobs.Seen.reset();
    }

    RemoteWorkers workers() {
        return RemoteWorkers.redis(server.url(), QUEUE).withHeartbeat(BEAT);
    }

    HostConfig hostConfig() {
        return HostConfig.redis(server.url()).withHeartbeat(BEAT).withName("h");
    }

    PogoRuntime caller(int threads) {
        return caller(threads, workers());
    }

    PogoRuntime caller(int threads, RemoteWorkers workers) {
        return caller(threads, workers, UnaryOperator.identity());
    }

    PogoRuntime caller(int threads, RemoteWorkers workers, UnaryOperator<PogoConfig> change) {
        PogoConfig config =
                PogoConfig.defaults()
                        .withJobs(List.of("dev.pogo.remote.*", "no.such.*"))
                        .withPool(
                                PoolConfig.named(POOL)
                                        .withNumThreads(threads)
                                        .withMaxWait(LONG)
                                        .withWorker(workers));
        PogoRuntime runtime = PogoRuntime.start(change.apply(config));
        closeLater(runtime::close);
        return runtime;
    }

    JobHost host(int threads) {
        return host(threads, hostConfig());
    }

    JobHost host(int threads, HostConfig host) {
        PogoConfig config =
                PogoConfig.defaults()
                        .withJobs(List.of("dev.pogo.remote.*"))
                        .withPool(
                                HostConfig.serving(
                                        PoolConfig.named("work").withNumThreads(threads), QUEUE));
        JobHost started = JobHost.start(config, host);
        closeLater(started::close);
        return started;
    }

    ChildJvm childHost(String name, int threads) {
        ChildJvm child = HostJvm.start(server.url(), name, threads);
        closeLater(child::close);
        return child;
    }

    void closeLater(Runnable close) {
        open.push(close);
    }

    /** Waits until a caller sees so many hosts. */
    static void awaitHosts(PogoRuntime caller, int hosts) {
        Probe.until(() -> stats(caller).hosts() == hosts, () -> stats(caller));
    }

    /** Waits until a sorted set of the server has a member. */
    static void awaitNamed(Probe probe, String set) {
        Probe.until(() -> probe.number(Protocol.Command.ZCARD, Probe.key(set)) > 0);
    }

    static HostStats stats(JobHost host) {
        return host.stats().getFirst();
    }

    static RemoteStats stats(PogoRuntime caller) {
        return RemoteWorkers.stats(caller.pool(POOL));
    }

    @Override
    public void close() {
        Jobs.Seen.HOLD.release(100_000);
        while (!open.isEmpty()) {
            open.pop().run();
        }
    }
}
