package dev.pogo.samples.jobs;

import dev.pogo.Job;
import dev.pogo.queue.Delivery;
import dev.pogo.samples.Durations;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * A job that handles a delivery as its payload says: an object with {@code "sleep": "500ms"} takes
 * that long, and one with {@code "fail": true} fails. Any other payload is handled at once.
 */
public final class Scripted implements Job<Delivery<@Nullable Object>, @Nullable Void> {
    @Override
    public @Nullable Void handle(Delivery<@Nullable Object> delivery) throws InterruptedException {
        if (delivery.payload() instanceof Map<?, ?> script) {
            if (script.get("sleep") instanceof String time) {
                Thread.sleep(Durations.parse(time));
            }
            if (Boolean.TRUE.equals(script.get("fail"))) {
                throw new IllegalStateException("the payload says so");
            }
        }
        return null;
    }
}
