package dev.pogo.benchmarks.contenders;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Subtask;

/** A scope for each request, joined before any value is taken; it bounds nothing. */
final class StructuredScopes implements Way {
    @Override
    public int fanOut(int tasks, Callable<Integer> work) throws InterruptedException {
        try (var scope = StructuredTaskScope.<Integer>open()) {
            List<Subtask<Integer>> forked = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                forked.add(scope.fork(work));
            }
            scope.join();
            int sum = 0;
            for (Subtask<Integer> subtask : forked) {
                sum += subtask.get();
            }
            return sum;
        }
    }

    @Override
    public void close() {
        // All threads have ended with their request.
    }
}
