package dev.pogo.benchmarks.remote;

import dev.pogo.benchmarks.measure.Contender;

import org.redisson.Redisson;
import org.redisson.api.RExecutorService;
import org.redisson.api.RedissonClient;
import org.redisson.api.WorkerOptions;
import org.redisson.config.Config;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;

/** A task of Redisson's executor service, with its defaults, done by workers in another JVM. */
final class RedissonJob implements Contender {
    private static final String SERVICE = "service";

    private final ChildJvm host;
    private final RedissonClient client;
    private final RExecutorService service;

    private RedissonJob(ChildJvm host, RedissonClient client) {
        this.host = host;
        this.client = client;
        this.service = client.getExecutorService(SERVICE);
    }

    static RedissonJob start(String url) {
        return new RedissonJob(ChildJvm.start(RedissonJob.class, List.of(), url), client(url));
    }

    private static RedissonClient client(String url) {
        Config config = new Config();
        config.useSingleServer().setAddress(url);
        return Redisson.create(config);
    }

    /**
     * The other JVM.
     *
     * @param args the server's URL
     */
    public static void main(String[] args) {
        ChildJvm.endWithParent();
        client(args[0])
                .getExecutorService(SERVICE)
                .registerWorkers(
                        WorkerOptions.defaults()
                                .workers(Fleet.PERMITS)
                                .executorService(Executors.newVirtualThreadPerTaskExecutor()));
    }

    @Override
    public Caller caller() {
        return () -> {
            int result = service.submit(new EchoTask(1)).get();
            if (result != 1) {
                throw new IllegalStateException("1 came back as " + result);
            }
        };
    }

    @Override
    public Set<Long> hosts() {
        return Set.of(host.pid());
    }

    @Override
    public void close() {
        client.shutdown();
        host.close();
    }
}
