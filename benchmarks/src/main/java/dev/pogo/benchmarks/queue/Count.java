package dev.pogo.benchmarks.queue;

import dev.pogo.Job;
import dev.pogo.queue.Delivery;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A job that does nothing but count. */
public final class Count implements Job<Delivery<String>, @Nullable Void> {
    /** What counts, by the names of the queues. */
    static final Map<String, Runnable> COUNTERS = new ConcurrentHashMap<>();

    @Override
    public @Nullable Void handle(Delivery<String> delivery) {
        Runnable counter = COUNTERS.get(delivery.queue());
        if (counter != null) {
            counter.run();
        }
        return null;
    }
}
