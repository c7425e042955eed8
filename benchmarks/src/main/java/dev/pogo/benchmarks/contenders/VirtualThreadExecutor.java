package dev.pogo.benchmarks.contenders;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One executor for all requests; it bounds nothing. */
final class VirtualThreadExecutor implements Way {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @Override
    public int fanOut(int tasks, Callable<Integer> work)
            throws InterruptedException, ExecutionException {
        List<Future<Integer>> submitted = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            submitted.add(executor.submit(work));
        }
        int sum = 0;
        for (Future<Integer> future : submitted) {
            sum += future.get();
        }
        return sum;
    }

    @Override
    public void close() {
        executor.close();
    }
}
