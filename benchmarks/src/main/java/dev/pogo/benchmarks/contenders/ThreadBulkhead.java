package dev.pogo.benchmarks.contenders;

import io.github.resilience4j.bulkhead.ThreadPoolBulkhead;
import io.github.resilience4j.bulkhead.ThreadPoolBulkheadConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Platform threads, so no more than {@value #MAX_THREADS} of them; the queue holds the rest. */
final class ThreadBulkhead implements Way {
    private static final int MAX_THREADS = 64;

    private final ThreadPoolBulkhead bulkhead;

    ThreadBulkhead(int permits) {
        int threads = Math.min(permits, MAX_THREADS);
        this.bulkhead =
                ThreadPoolBulkhead.of(
                        "default",
                        ThreadPoolBulkheadConfig.custom()
                                .maxThreadPoolSize(threads)
                                .coreThreadPoolSize(threads)
                                .queueCapacity(1_000_000)
                                .build());
    }

    @Override
    public int fanOut(int tasks, Callable<Integer> work)
            throws InterruptedException, ExecutionException {
        List<CompletionStage<Integer>> submitted = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            submitted.add(bulkhead.executeCallable(work));
        }
        int sum = 0;
        for (CompletionStage<Integer> stage : submitted) {
            sum += stage.toCompletableFuture().get();
        }
        return sum;
    }

    @Override
    public void close() {
        try {
            bulkhead.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
