package dev.pogo.benchmarks.remote;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * {@link Echo} for Redisson.
 *
 * @param args what it returns
 */
record EchoTask(int args) implements Callable<Integer>, Serializable {
    @Override
    public Integer call() {
        return args;
    }
}
