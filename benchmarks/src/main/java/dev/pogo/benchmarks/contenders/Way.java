package dev.pogo.benchmarks.contenders;

import java.util.concurrent.Callable;

/**
 * One way to run several pieces of work at once; its permits and threads are those of a service.
 */
public interface Way extends AutoCloseable {
    /**
     * What one request does: it runs the work that many times at once and waits for all of it.
     *
     * @param tasks how many
     * @param work what each of them does
     * @return the sum of the values
     * @throws Exception what the work has thrown, or that it took too long
     */
    int fanOut(int tasks, Callable<Integer> work) throws Exception;

    @Override
    void close();
}
