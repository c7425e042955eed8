package dev.pogo.benchmarks.queue;

import dev.pogo.benchmarks.measure.Contender;
import dev.pogo.queue.RedisBackend;

/** Pushes messages that nobody consumes. */
final class PogoPush implements Contender {
    private final Queues queue;
    private final Wire wire;
    private final String name;
    private final String text;

    PogoPush(String url, String name, String text) {
        queue = new Queues(RedisBackend.at(url), name, 1);
        wire = new Wire(url);
        this.name = name;
        this.text = text;
    }

    @Override
    public Caller caller() {
        return () -> queue.push(text);
    }

    @Override
    public void settle() throws InterruptedException {
        wire.empty(Queues.stream(name));
    }

    @Override
    public void close() {
        queue.close();
        wire.close();
    }
}
