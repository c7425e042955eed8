package dev.pogo.benchmarks.remote;

import dev.pogo.Job;

/** The work: nothing. */
public final class Echo implements Job<Object, Object> {
    @Override
    public Object handle(Object args) {
        return args;
    }
}
