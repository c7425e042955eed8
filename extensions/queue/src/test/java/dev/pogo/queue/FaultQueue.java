package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.queue.FaultJob.How;
import dev.pogo.queue.FaultJob.Note;
import dev.pogo.queue.FaultJob.Work;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.Eventually;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A queue in Redis, into which this process pushes, and its consumers in this process and in
 * others. Closes them, the last one first.
 */
final class FaultQueue implements AutoCloseable {
    static final String NAME = "work";

    /** Also how long consumers take to close. */
    private static final Duration RESERVE_TIMEOUT = Duration.ofMillis(500);

    private final String url;
    private final FaultNotes notes;
    private final Deque<Runnable> open = new ArrayDeque<>();
    private final PogoQueue pusher;

    FaultQueue(String url) {
        this.url = url;
        notes = new FaultNotes(url);
        open.push(notes::close);
        pusher = open(UnaryOperator.identity());
    }

    private PogoQueue open(UnaryOperator<QueueConfig> change) {
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(PoolConfig.named(PogoConfig.DEFAULT_POOL).withNumThreads(16))
                        .withJobs(List.of("dev.pogo.queue.*"));
        QueueConfig queue =
                QueueConfig.defaults().withBackend(RedisBackend.at(url)).withQueues(List.of(NAME));
        PogoRuntime runtime = PogoRuntime.start(config);
        open.push(runtime::close);
        PogoQueue opened = PogoQueue.open(runtime, config, change.apply(queue));
        open.push(opened::close);
        return opened;
    }

    /** Returns what pushes, and does not consume. */
    PogoQueue pusher() {
        return pusher;
    }

    FaultNotes notes() {
        return notes;
    }

    /** Starts a consumer in a process of its own. */
    ChildJvm child(String name, String directives) {
        ChildJvm child = QueueJvm.start(url, name, directives);
        open.push(child::close);
        return child;
    }

    /** Starts a consumer in this process, whose job is {@link HeldJob}. */
    PogoQueue consumer(String name, UnaryOperator<QueueConfig> change) {
        PogoQueue consumer =
                open(config ->
                        change.apply(
                                config.withBackend(RedisBackend.at(url).withConsumer(name))
                                        .withWorker(
                                                HeldJob.class.getName(), PogoConfig.DEFAULT_POOL)
                                        .withReserveTimeout(RESERVE_TIMEOUT)
                                        .withMaxAttempts(10)));
        consumer.consume();
        return consumer;
    }

    void push(long number, How how, long millis) throws InterruptedException {
        PushResult result = pusher.push(NAME, new Work(number, how, millis));
        assertTrue(result.ok(), result::message);
    }

    QueueCounts counts() throws InterruptedException {
        return counts(pusher);
    }

    static QueueCounts counts(PogoQueue queue) throws InterruptedException {
        return counts(queue, NAME);
    }

    static QueueCounts counts(PogoQueue queue, String name) throws InterruptedException {
        return Objects.requireNonNull(queue.status().queues().get(name));
    }

    /** Waits until so many deliveries have been acknowledged and nothing is left to do. */
    void awaitAcked(long number) throws Exception {
        Eventually.reached(
                () -> {
                    QueueCounts now = counts();
                    return now.acked() >= number
                            && now.pending() + now.delayed() + now.reserved() == 0;
                },
                this::counts);
    }

    /** Returns what children have noted of a message, in the order of time. */
    List<Note> notes(String hash, long number) throws InterruptedException {
        return notes.all(hash).entrySet().stream()
                .map(note -> Note.parse(note.getKey(), note.getValue()))
                .filter(note -> note.number() == number)
                .sorted(Comparator.comparingLong(Note::millis))
                .toList();
    }

    void awaitBegun(long number, int deliveries) throws Exception {
        Eventually.reached(() -> notes("begun", number).size() >= deliveries, this::counts);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().run();
        }
    }
}
