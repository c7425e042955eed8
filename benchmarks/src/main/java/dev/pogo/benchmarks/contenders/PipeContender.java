package dev.pogo.benchmarks.contenders;

import dev.pogo.channel.Channel;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.function.IntFunction;

/** What elements can go through; not each of them with and without a buffer. */
public enum PipeContender {
    /** Pogo's. */
    POGO(
            "Pogo",
            capacity -> {
                Channel<Integer> channel =
                        capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity);
                return new Pipe(channel::push, channel::pop);
            }),
    /** The library that has channels and a select for virtual threads. */
    JOX(
            "jox",
            capacity -> {
                com.softwaremill.jox.Channel<Integer> channel =
                        capacity == 0
                                ? com.softwaremill.jox.Channel.newRendezvousChannel()
                                : com.softwaremill.jox.Channel.newBufferedChannel(capacity);
                return new Pipe(channel::send, channel::receive);
            }),
    /** The JDK's bounded queue. */
    ARRAY_BLOCKING_QUEUE(
            "ArrayBlockingQueue", capacity -> ofQueue(new ArrayBlockingQueue<>(capacity))),
    /** The JDK's rendezvous; who waits last is served first. */
    SYNCHRONOUS_QUEUE("SynchronousQueue", capacity -> ofQueue(new SynchronousQueue<>())),
    /** The same in the order of waiting. */
    SYNCHRONOUS_QUEUE_FAIR(
            "SynchronousQueue, fair", capacity -> ofQueue(new SynchronousQueue<>(true))),
    /**
     * As a rendezvous only: its buffer has no bound. By {@code transfer} and {@code take} without
     * timeouts, which JDK-8301341 does not concern: that is about its timed {@code poll}.
     */
    LINKED_TRANSFER_QUEUE(
            "LinkedTransferQueue.transfer",
            capacity -> {
                LinkedTransferQueue<Integer> queue = new LinkedTransferQueue<>();
                return new Pipe(queue::transfer, queue::take);
            });

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // the makers hold nothing
    private final IntFunction<Pipe> maker;

    PipeContender(String label, IntFunction<Pipe> maker) {
        this.label = label;
        this.maker = maker;
    }

    private static Pipe ofQueue(BlockingQueue<Integer> queue) {
        return new Pipe(queue::put, queue::take);
    }

    /**
     * What a table calls it.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    /**
     * Makes one.
     *
     * @param capacity how many elements it holds; 0 for a rendezvous
     * @return a new one
     */
    public Pipe open(int capacity) {
        return maker.apply(capacity);
    }
}
