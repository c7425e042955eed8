package dev.pogo.queue;

import dev.pogo.Job;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A job in a process of its own, which notes in Redis when it begins and ends: in the hashes {@code
 * begun} and {@code ended}, a {@link Note} for each delivery, and in {@code seen} the names of the
 * consumers.
 */
public final class FaultJob implements Job<Delivery<FaultJob.Work>, @Nullable Void> {
    static final String SERVER = "test.redis";
    static final String CONSUMER = "test.consumer";

    /** The number of messages that only ensure that everything has been used once. */
    static final long WARM = -1;

    /** Created by the first job. */
    private static final class Notes {
        private static final FaultNotes REDIS =
                new FaultNotes(Objects.requireNonNull(System.getProperty(SERVER)));

        private static final AtomicBoolean SEEN = new AtomicBoolean();
    }

    /** What to do with a message. */
    public enum How {
        /** Takes the time that the message says. */
        SLEEP,
        /** Takes the time that the message says in the first attempt, and none in others. */
        SLEEP_AT_FIRST,
        /** Takes the time that the test wants, also if the job is cancelled. */
        DEAF,
        /** Ends the process as SIGKILL would, in each attempt. */
        HALT,
        /** Ends the process at the end of the job, in the first attempt. */
        HALT_AT_THE_END
    }

    /**
     * The payload.
     *
     * @param number which message it is
     */
    public record Work(long number, How how, long millis) {}

    /**
     * What is noted of a delivery.
     *
     * @param millis when, in ms since 1970
     */
    record Note(long number, String deliveryId, String consumer, int attempt, long millis) {
        String field() {
            return number + " " + deliveryId;
        }

        String value() {
            return consumer + " " + attempt + " " + millis;
        }

        static Note parse(String field, String value) {
            String[] key = field.split(" ", -1);
            String[] about = value.split(" ", -1);
            return new Note(
                    Long.parseLong(key[0]),
                    key[1],
                    about[0],
                    Integer.parseInt(about[1]),
                    Long.parseLong(about[2]));
        }
    }

    /** For the pool. */
    public FaultJob() {}

    @Override
    public @Nullable Void handle(Delivery<Work> delivery) throws InterruptedException {
        Work work = delivery.payload();
        if (work.number == WARM) {
            Notes.REDIS.note("warm", System.getProperty(CONSUMER, ""), "");
            return null;
        }
        note("begun", delivery);
        if (work.how == How.HALT) {
            Runtime.getRuntime().halt(1);
        }
        if (work.how != How.SLEEP_AT_FIRST || delivery.attempt() == 1) {
            Thread.sleep(work.millis);
        }
        note("ended", delivery);
        if (work.how == How.HALT_AT_THE_END && delivery.attempt() == 1) {
            Runtime.getRuntime().halt(1);
        }
        return null;
    }

    private static void note(String hash, Delivery<Work> delivery) throws InterruptedException {
        Note note =
                new Note(
                        delivery.payload().number(),
                        delivery.deliveryId(),
                        System.getProperty(CONSUMER, ""),
                        delivery.attempt(),
                        System.currentTimeMillis());
        Notes.REDIS.note(hash, note.field(), note.value());
        if (Notes.SEEN.compareAndSet(false, true)) {
            Notes.REDIS.note("seen", note.consumer(), "");
        }
    }
}
