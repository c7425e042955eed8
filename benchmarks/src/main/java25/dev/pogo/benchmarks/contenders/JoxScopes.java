package dev.pogo.benchmarks.contenders;

import com.softwaremill.jox.structured.Fork;
import com.softwaremill.jox.structured.Scopes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** A supervised scope for each request; it bounds nothing. */
final class JoxScopes implements Way {
    @Override
    public int fanOut(int tasks, Callable<Integer> work) throws InterruptedException {
        return Scopes.supervised(scope -> {
            List<Fork<Integer>> forked = new ArrayList<>(tasks);
            for (int i = 0; i < tasks; i++) {
                forked.add(scope.fork(work));
            }
            int sum = 0;
            for (Fork<Integer> fork : forked) {
                sum += fork.join();
            }
            return sum;
        });
    }

    @Override
    public void close() {
        // All threads have ended with their request.
    }
}
