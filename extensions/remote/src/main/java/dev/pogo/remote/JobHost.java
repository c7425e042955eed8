package dev.pogo.remote;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.TaskDecorator;
import dev.pogo.redis.ProcessName;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs jobs that other processes have spawned into pools with {@link RemoteWorkers}. Its
 * configuration says which of its pools serves which queue, and which job classes it runs at all:
 *
 * <pre>{@code
 * { "host": { "redis": "redis://10.0.0.5:6379" }, "jobs": ["com.acme.Render"],
 *   "num_threads": 2, "pools": { "render": { "num_threads": 8, "serves": "render" } } }
 * }</pre>
 *
 * {@snippet file="dev/pogo/remote/RemoteExampleTest.java" region="host"}
 *
 * <p>It claims a request only when the pool has a permit for it. Each job runs in a scope of its
 * own, whose deadline is the time that is left to its task. When the task is cancelled, or its
 * process is lost, the job is cancelled.
 *
 * <p>All methods may be called by any thread.
 */
public final class JobHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobHost.class);

    private final HostConfig config;
    private final String name;
    private final PogoRuntime runtime;
    private final List<HostQueue> queues = new ArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    private JobHost(HostConfig config, PogoConfig pogo) {
        this.config = config;
        name = ProcessName.unique(config.name());
        TaskDecorator trace = TraceContext.decorator();
        TaskDecorator own = pogo.taskDecorator();
        runtime =
                PogoRuntime.start(
                        trace == null
                                ? pogo
                                : pogo.withTaskDecorator(own == null ? trace : own.andThen(trace)));
        for (PoolConfig pool : pogo.pools()) {
            pool.directive(ServesReader.NAME, String.class)
                    .ifPresent(queue ->
                            queues.add(
                                    new HostQueue(
                                            config,
                                            pogo,
                                            runtime,
                                            runtime.pool(pool.name()),
                                            queue,
                                            name)));
        }
        LOG.info(
                "Job host {} serves {} of {}",
                name,
                String.join(", ", queues.stream().map(queue -> queue.stats().queue()).toList()),
                config.redis());
    }

    /**
     * Starts a host with a runtime of its own. If Redis cannot be reached, this succeeds all the
     * same, and the host begins when it can be.
     *
     * @param config the pools, the job classes that may be run and the section {@code host}
     * @return the host
     * @throws InvalidConfigException if there is no section {@code host}, no pool that serves a
     *     queue, or two that serve the same one
     */
    public static JobHost start(PogoConfig config) {
        HostConfig host =
                config.section(HostReader.NAME, HostConfig.class)
                        .orElseThrow(() ->
                                Checks.invalid(
                                        config.source(),
                                        HostReader.NAME,
                                        null,
                                        "is missing; a job host needs it, like {\"redis\":"
                                                + " \"redis://10.0.0.5:6379\"}"));
        return start(config, host);
    }

    /**
     * Starts a host like {@link #start(PogoConfig)}.
     *
     * @param config the pools and the job classes that may be run
     * @param host the rest; a section {@code host} of {@code config} does not count
     * @return the host
     * @throws InvalidConfigException if no pool serves a queue, or two serve the same one
     */
    public static JobHost start(PogoConfig config, HostConfig host) {
        Objects.requireNonNull(host, "host");
        ensureServes(config);
        return new JobHost(host, config);
    }

    private static void ensureServes(PogoConfig config) {
        Map<String, String> pools = new HashMap<>();
        for (PoolConfig pool : config.pools()) {
            String queue = pool.directive(ServesReader.NAME, String.class).orElse(null);
            String other = queue == null ? null : pools.put(queue, pool.name());
            if (other != null) {
                throw Checks.invalid(
                        config.source(),
                        "pools." + pool.name() + '.' + ServesReader.NAME,
                        '"' + queue + '"',
                        "is served by pool " + other + " already");
            }
        }
        if (pools.isEmpty()) {
            throw Checks.invalid(
                    config.source(),
                    "pools",
                    null,
                    "has no pool that serves a queue, like {\"num_threads\": 8, \"serves\":"
                            + " \"render\"}");
        }
    }

    /**
     * Returns the host's name, which is unique.
     *
     * @return the configured name, the process id and a random part
     */
    public String name() {
        return name;
    }

    /**
     * Returns the current numbers of the queues that the host serves.
     *
     * @return a snapshot for each
     */
    public List<HostStats> stats() {
        return queues.stream().map(HostQueue::stats).toList();
    }

    /**
     * Ends the host: it claims no further requests, lets the jobs end that it has claimed, cancels
     * those that have not ended within {@code shutdown_timeout}, and waits for them. If Redis is
     * away, this takes up to ten heartbeats and some seconds more, in which answers are still to be
     * sent. A job that ignores its cancellation holds it up. Idempotent.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            try {
                long end = System.nanoTime() + config.shutdownTimeout().toNanos();
                queues.forEach(HostQueue::stopClaiming);
                queues.forEach(HostQueue::awaitStopped);
                queues.forEach(queue -> queue.drain(end));
                queues.forEach(HostQueue::awaitJobs);
                runtime.close();
                queues.forEach(HostQueue::close);
            } finally {
                closed.countDown();
            }
        } else {
            awaitClosed();
        }
    }

    private void awaitClosed() {
        boolean interrupted = false;
        while (true) {
            try {
                closed.await(); // the other thread's close
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs a host with the configuration that {@link PogoConfig#find()} finds, until the process is
     * told to end by SIGTERM or SIGINT. Then it is {@linkplain #close() closed}.
     *
     * @param args none
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        JobHost host;
        try {
            host = start(PogoConfig.find());
        } catch (InvalidConfigException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(host::close, "pogo-host-shutdown"));
        host.closed.await(); // for ever: the shutdown hook ends the process
    }
}
