package dev.pogo.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofNanos;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Many elements through two channels, by many producers and consumers that push, pop and select
 * with and without timeouts and are interrupted at random: nothing is lost or doubled, and each
 * consumer sees each producer's elements of a channel in their order. Run it again with the seed
 * that it prints: {@code -Dpogo.stress.seed=…}, and longer with {@code -Dpogo.stress.tasks=…}.
 */
class ChannelStressTest {
    private static final long SEED = Long.getLong("pogo.stress.seed", System.nanoTime());
    private static final long ELEMENTS = Long.getLong("pogo.stress.tasks", 1_000_000) / 5;
    private static final int PRODUCERS = 6;
    private static final int CONSUMERS = 6;

    /** A producer's elements are numbered from zero in each of the two channels. */
    private record Element(int producer, int channel, int number) {}

    private final List<Channel<Element>> channels = new ArrayList<>();
    private final AtomicLong produced = new AtomicLong();
    private final AtomicLong interrupted = new AtomicLong();
    private final AtomicBoolean interrupting = new AtomicBoolean(true);
    private final ConcurrentLinkedQueue<Throwable> findings = new ConcurrentLinkedQueue<>();

    /** How many elements each producer has pushed into each channel. */
    private final int[][] pushed = new int[PRODUCERS][2];

    /** How many elements of each producer each consumer has popped from each channel. */
    private final int[][][] popped = new int[CONSUMERS][PRODUCERS][2];

    /** Of the hashes of all that were popped. */
    private final AtomicLong sumPopped = new AtomicLong();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64})
    void channels_randomUse_loseAndDoubleNothing(int capacity) throws InterruptedException {
        System.out.printf(
                "stress: -Dpogo.stress.seed=%d, %d elements, capacity %d%n",
                SEED, ELEMENTS, capacity);
        for (int i = 0; i < 2; i++) {
            channels.add(capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity));
        }
        SplittableRandom seeds = new SplittableRandom(SEED);
        List<Thread> producers = new ArrayList<>();
        List<Thread> consumers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            int number = i;
            SplittableRandom random = seeds.split();
            producers.add(start(i, () -> produce(number, random)));
        }
        for (int i = 0; i < CONSUMERS; i++) {
            int number = i;
            SplittableRandom random = seeds.split();
            consumers.add(start(i, () -> consume(number, random)));
        }
        List<Thread> all = new ArrayList<>(producers);
        all.addAll(consumers);
        Thread interrupter = start(1, () -> interrupt(all, seeds.split()));
        for (Thread producer : producers) {
            producer.join();
        }
        interrupting.set(false);
        interrupter.join();
        channels.forEach(Channel::close);
        for (Thread consumer : consumers) {
            consumer.join();
        }
        findings.forEach(finding -> {
            throw new AssertionError("seed " + SEED + ": " + finding, finding);
        });
        check();
    }

    private interface Loop {
        void run() throws InterruptedException;
    }

    private Thread start(int number, Loop loop) {
        Thread.Builder builder = number % 3 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
        return builder.start(() -> {
            try {
                loop.run();
            } catch (Throwable e) {
                findings.add(e);
                channels.forEach(Channel::close);
            }
        });
    }

    private void interrupt(List<Thread> threads, SplittableRandom random) {
        while (interrupting.get()) {
            threads.get(random.nextInt(threads.size())).interrupt();
            LockSupport.parkNanos(random.nextInt(50_000));
        }
    }

    private void produce(int producer, SplittableRandom random) {
        while (produced.get() < ELEMENTS) {
            int first = random.nextInt(2);
            try {
                int into = push(producer, first, random);
                if (into >= 0) {
                    pushed[producer][into]++;
                    produced.incrementAndGet();
                }
            } catch (InterruptedException e) {
                interrupted.incrementAndGet(); // it has not been pushed
            }
        }
    }

    /** The channel that an element was pushed into, or -1. */
    private int push(int producer, int first, SplittableRandom random) throws InterruptedException {
        Channel<Element> channel = channels.get(first);
        Element element = new Element(producer, first, pushed[producer][first]);
        int other = 1 - first;
        Element forOther = new Element(producer, other, pushed[producer][other]);
        return switch (random.nextInt(8)) {
            case 0 -> channel.tryPush(element) ? first : -1;
            case 1 -> channel.tryPush(element, ofNanos(random.nextInt(100_000))) ? first : -1;
            case 2, 3 ->
                    Select.to(first, channel, element)
                            .to(other, channels.get(other), forOther)
                            .timeout(ofNanos(random.nextInt(100_000)))
                            .map(Selected::key)
                            .orElse(-1);
            default -> {
                channel.push(element);
                yield first;
            }
        };
    }

    private void consume(int consumer, SplittableRandom random) {
        Element[] last = new Element[2 * PRODUCERS];
        while (!(channels.get(0).isClosed() && channels.get(0).size() == 0)
                || !(channels.get(1).isClosed() && channels.get(1).size() == 0)) {
            try {
                Optional<Element> element = pop(random);
                if (element.isPresent()) {
                    check(consumer, last, element.get());
                }
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
            } catch (ChannelClosedException e) {
                // the other one may have some left
            }
        }
    }

    private Optional<Element> pop(SplittableRandom random) throws InterruptedException {
        Channel<Element> channel = channels.get(random.nextInt(2));
        return switch (random.nextInt(6)) {
            case 0 -> channel.tryPop();
            case 1 -> channel.tryPop(ofNanos(random.nextInt(100_000)));
            case 2, 3 ->
                    Select.from(0, channels.get(0))
                            .from(1, channels.get(1))
                            .timeout(ofNanos(random.nextInt(100_000)))
                            .map(selected -> (Element) selected.value());
            default -> Optional.of(channel.pop());
        };
    }

    private void check(int consumer, Element[] last, Element element) {
        int stream = 2 * element.producer + element.channel;
        Element before = last[stream];
        if (before != null && before.number >= element.number) {
            findings.add(new AssertionError(before + " came before " + element));
        }
        last[stream] = element;
        popped[consumer][element.producer][element.channel]++;
        sumPopped.addAndGet(hash(element));
    }

    private static long hash(Element element) {
        return new SplittableRandom(element.hashCode()).nextLong();
    }

    /** Each element has come out once. */
    private void check() {
        long count = 0;
        long sum = 0;
        for (int producer = 0; producer < PRODUCERS; producer++) {
            for (int channel = 0; channel < 2; channel++) {
                for (int number = 0; number < pushed[producer][channel]; number++) {
                    sum += hash(new Element(producer, channel, number));
                }
                int from = producer;
                int into = channel;
                assertEquals(
                        pushed[producer][channel],
                        Arrays.stream(popped).mapToInt(one -> one[from][into]).sum(),
                        "elements of one producer in one channel");
                count += pushed[producer][channel];
            }
        }
        assertTrue(count >= ELEMENTS);
        assertEquals(sum, sumPopped.get(), "not each element has come once");
        assertTrue(interrupted.get() > 0, "never interrupted");
        for (Channel<?> channel : channels) {
            assertTrue(channel.toString().contains("[0 of"), channel::toString);
            assertTrue(channel.toString().contains("0 wait to push, 0 to pop"));
        }
    }
}
