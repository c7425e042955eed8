package dev.pogo.samples.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The hosts of the cluster. One of them is killed: the one that begins a certain job, counted over
 * all hosts. So it is sure to have a job.
 */
final class Hosts implements AutoCloseable {
    private static final int SECONDS_TO_KILL = 10;

    private final int fatal;
    private final AtomicInteger begun = new AtomicInteger();
    private final CompletableFuture<Killed> killed = new CompletableFuture<>();
    private final List<HostProcess> all = new CopyOnWriteArrayList<>();

    /** For the end of this process by a signal, of which the hosts know nothing. */
    private final Thread hook =
            Thread.ofPlatform().name("samples/hosts-end").unstarted(this::killAll);

    /**
     * A host that was killed.
     *
     * @param host the host
     * @param nanoTime when
     */
    record Killed(HostProcess host, long nanoTime) {}

    private Hosts(int fatal) {
        this.fatal = fatal;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Starts hosts, and returns when they serve.
     *
     * @param fatal the number of the job, from 1, whose host is killed when it begins
     * @param command the call of {@link HostCommand} to which the name of the host is appended
     */
    static Hosts start(int count, int fatal, List<String> command)
            throws InterruptedException, ClusterException {
        Hosts hosts = new Hosts(fatal);
        try {
            for (int i = 1; i <= count; i++) {
                String name = "host-" + i;
                List<String> call = new ArrayList<>(command);
                call.addAll(List.of("--name", name));
                hosts.all.add(HostProcess.start(name, call, hosts::begun));
            }
            for (HostProcess host : hosts.all) {
                host.awaitServing();
            }
            return hosts;
        } catch (Throwable e) {
            hosts.close();
            throw e;
        }
    }

    private void begun(HostProcess host) {
        if (begun.incrementAndGet() == fatal) {
            host.kill();
            killed.complete(new Killed(host, System.nanoTime()));
        }
    }

    List<HostProcess> all() {
        return all;
    }

    /** Waits for the end of the one that is to be killed. */
    Killed awaitKilled() throws InterruptedException, ClusterException {
        try {
            return killed.get(SECONDS_TO_KILL, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ClusterException("only " + begun.get() + " jobs have begun", e);
        }
    }

    private void killAll() {
        all.forEach(HostProcess::kill);
    }

    @Override
    public void close() {
        all.forEach(HostProcess::end);
        all.forEach(HostProcess::close);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This process ends, and the hook runs already.
        }
    }
}
