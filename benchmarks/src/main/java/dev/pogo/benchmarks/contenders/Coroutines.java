package dev.pogo.benchmarks.contenders;

import kotlin.coroutines.EmptyCoroutineContext;

import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.Dispatchers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code runBlocking} with an {@code async} for each piece of work, which it waits for. */
final class Coroutines implements Way {
    @Override
    public int fanOut(int tasks, Callable<Integer> work) throws Exception {
        List<Deferred<Integer>> started = new ArrayList<>(tasks);
        BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE,
                (scope, outer) -> {
                    for (int i = 0; i < tasks; i++) {
                        started.add(
                                BuildersKt.async(
                                        scope,
                                        Dispatchers.getDefault(),
                                        CoroutineStart.DEFAULT,
                                        (inner, continuation) -> call(work)));
                    }
                    return null;
                });
        int sum = 0;
        for (Deferred<Integer> deferred : started) {
            sum += deferred.getCompleted();
        }
        return sum;
    }

    private static Integer call(Callable<Integer> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        // The dispatcher is the process's own.
    }
}
