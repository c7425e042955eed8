package dev.pogo.queue;

import dev.pogo.queue.QueueStore.Numbers;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Finds out the state of several queues. */
final class StatusQuery {
    private StatusQuery() {}

    /** Returns what this process knows by itself. */
    static QueueStatus withoutBackend(Collection<NamedQueue> queues) {
        Map<String, QueueCounts> counts = new LinkedHashMap<>();
        queues.forEach(queue -> counts.put(queue.name(), queue.counts(null)));
        return new QueueStatus(false, counts);
    }

    /**
     * Asks for all queues at the same time, since each takes some seconds if its backend does not
     * answer.
     *
     * @param open whether messages can be pushed, as far as this process is concerned
     */
    static QueueStatus ask(Collection<NamedQueue> queues, boolean open)
            throws InterruptedException {
        Map<NamedQueue, FutureTask<Optional<Numbers>>> asked = new LinkedHashMap<>();
        for (NamedQueue queue : queues) {
            FutureTask<Optional<Numbers>> task =
                    new FutureTask<>(() -> Optional.ofNullable(queue.numbers()));
            asked.put(queue, task);
            Thread.ofVirtual().name("pogo-queue-status").start(task);
        }
        boolean ready = open;
        Map<String, QueueCounts> counts = new LinkedHashMap<>();
        try {
            for (Map.Entry<NamedQueue, FutureTask<Optional<Numbers>>> each : asked.entrySet()) {
                Numbers numbers = each.getValue().get().orElse(null);
                ready &= numbers != null;
                counts.put(each.getKey().name(), each.getKey().counts(numbers));
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the numbers of a queue cannot be read", e.getCause());
        } finally {
            asked.values().forEach(task -> task.cancel(true)); // if this thread is interrupted
        }
        return new QueueStatus(ready, counts);
    }
}
