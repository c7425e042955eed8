package dev.pogo.benchmarks.queue;

import dev.pogo.queue.QueueBackend;

/** Messages of a {@link dev.pogo.queue.PogoQueue}. */
final class PogoFlow extends Flow {
    private final Queues queue;
    private final String name;
    private final Payload payload;

    PogoFlow(QueueBackend backend, String name, Payload payload, int concurrency, int most) {
        super(most);
        this.name = name;
        this.payload = payload;
        queue = new Queues(backend, name, concurrency);
        Count.COUNTERS.put(name, this::handled);
        queue.consume();
    }

    @Override
    void push() throws InterruptedException {
        queue.push(payload.text());
    }

    @Override
    public void close() {
        queue.close();
        Count.COUNTERS.remove(name);
    }
}
