package dev.pogo.queue;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * The messages of one queue. Each message is pending, delayed, reserved by one delivery, or a dead
 * letter, and each method moves it by one atomic step. What is reserved for longer than the
 * visibility timeout is taken back: it becomes pending again with one attempt more, or a dead
 * letter if that was the last attempt.
 *
 * <p>All methods may be called by any thread. Each waits for the backend for a bounded time.
 * Threads that reserve at the same time may have to wait for each other.
 */
interface QueueStore extends AutoCloseable {
    /**
     * A message that has been reserved.
     *
     * @param id the id of the message
     * @param deliveryId the id of this reservation
     * @param attempt 1 for the first
     * @param pushedAt in milliseconds since 1970
     * @param payload JSON, or what a stranger has put there
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares reservations or changes the array
    record Reservation(String id, String deliveryId, int attempt, long pushedAt, byte[] payload) {}

    /**
     * The numbers that the backend knows.
     *
     * @param pending see {@link QueueCounts}, as for the others
     */
    record Numbers(
            long pending,
            long delayed,
            long reserved,
            long failed,
            long enqueued,
            long acked,
            long released) {}

    /** Adds a message. */
    PushResult push(byte[] payload, PushOptions options)
            throws BackendException, InterruptedException;

    /**
     * Reserves messages, waiting for the first one.
     *
     * @param most the maximum number
     * @param wait how long to wait at most
     * @return none if there was none in that time
     */
    List<Reservation> reserve(int most, Duration wait)
            throws BackendException, InterruptedException;

    /** Deletes a reserved message. */
    QueueCode ack(String deliveryId) throws BackendException, InterruptedException;

    /**
     * Makes a reserved message pending after a delay.
     *
     * @param attempted whether this delivery counts as an attempt
     */
    QueueCode release(String deliveryId, Duration delay, boolean attempted)
            throws BackendException, InterruptedException;

    /** Makes a reserved message a dead letter. */
    QueueCode fail(String deliveryId, String reason) throws BackendException, InterruptedException;

    Numbers numbers() throws BackendException, InterruptedException;

    /** Returns dead letters, those first that have been there longest. */
    List<DeadLetter> deadLetters(int most) throws BackendException, InterruptedException;

    /**
     * Makes dead letters pending, with no attempt counted.
     *
     * @param id which one, or null for all that are there now
     * @return how many there were
     */
    int retry(@Nullable String id) throws BackendException, InterruptedException;

    /** Closes the store. Methods that are called later fail. What is reserved stays so. */
    @Override
    void close();
}
