package dev.pogo.benchmarks.contenders;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

final class CompletableFutures implements Way {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @Override
    public int fanOut(int tasks, Callable<Integer> work) {
        List<CompletableFuture<Integer>> supplied = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            supplied.add(CompletableFuture.supplyAsync(() -> call(work), executor));
        }
        int sum = 0;
        for (CompletableFuture<Integer> future : supplied) {
            sum += future.join();
        }
        return sum;
    }

    private static Integer call(Callable<Integer> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
