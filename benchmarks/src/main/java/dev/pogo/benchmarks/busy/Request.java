package dev.pogo.benchmarks.busy;

import java.util.concurrent.Callable;

/**
 * What each caller does again and again.
 *
 * @param tasks how many tasks a request has
 * @param sleepMillis how long each of them sleeps; 0 if it does nothing
 */
record Request(int tasks, int sleepMillis) {
    Request {
        if (tasks < 1 || sleepMillis < 0) {
            throw new IllegalArgumentException("tasks: " + tasks + ", sleep: " + sleepMillis);
        }
    }

    /** What each task does. */
    Callable<Integer> work() {
        if (sleepMillis == 0) {
            return () -> 1;
        }
        return () -> {
            Thread.sleep(sleepMillis);
            return 1;
        };
    }
}
