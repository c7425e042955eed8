package dev.pogo.benchmarks.contenders;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

final class SemaphoreBulkhead implements Way {
    private final Bulkhead bulkhead;
    private final VirtualThreadExecutor executor = new VirtualThreadExecutor();

    SemaphoreBulkhead(int permits) {
        this.bulkhead =
                Bulkhead.of(
                        "default",
                        BulkheadConfig.custom()
                                .maxConcurrentCalls(permits)
                                .maxWaitDuration(Duration.ofMinutes(10))
                                .build());
    }

    @Override
    public int fanOut(int tasks, Callable<Integer> work)
            throws InterruptedException, ExecutionException {
        return executor.fanOut(tasks, Bulkhead.decorateCallable(bulkhead, work));
    }

    @Override
    public void close() {
        executor.close();
    }
}
