package dev.pogo.queue;

import dev.pogo.DeadlineExceededException;
import dev.pogo.PogoException;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolSaturatedException;
import dev.pogo.Task;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskFailedException;
import dev.pogo.WorkerSaturatedException;
import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.redis.Durations;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * The job of one delivery, in a scope whose deadline is the visibility timeout. Nothing of it runs
 * any more when its {@link Settlement} is known.
 */
final class DeliveryRun {
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
    private static final String CLOSING = "the queue is being closed";

    private final String queue;
    private final Reservation reservation;
    private final QueueConfig config;
    private final long reservedNanos;

    /** Set by the thread of the delivery while its scope is open. */
    private volatile @Nullable PogoScope scope;

    /**
     * Set by another thread, which then looks for the scope. The thread of the delivery sets the
     * scope and then looks here. So one of them sees the other.
     */
    private volatile boolean cancelled;

    DeliveryRun(String queue, Reservation reservation, QueueConfig config, long reservedNanos) {
        this.queue = queue;
        this.reservation = reservation;
        this.config = config;
        this.reservedNanos = reservedNanos;
    }

    Reservation reservation() {
        return reservation;
    }

    /** Returns {@link System#nanoTime()} of the reservation. */
    long reservedNanos() {
        return reservedNanos;
    }

    /** Cancels the job; if it has not begun, it will not. May be called by any thread. */
    void cancel() {
        cancelled = true;
        PogoScope open = scope;
        if (open != null) {
            open.cancel();
        }
    }

    /** Runs the job, and returns when nothing of it runs any more. */
    Settlement run(PogoRuntime runtime) throws InterruptedException {
        if (reservation.payload().length > config.maxPayloadBytes()) {
            return new Settlement.Fail(
                    "its payload has "
                            + reservation.payload().length
                            + " bytes, more than max_payload_bytes, "
                            + config.maxPayloadBytes());
        }
        Delivery<@Nullable Object> delivery;
        try {
            delivery =
                    new Delivery<>(
                            queue,
                            reservation.id(),
                            reservation.deliveryId(),
                            reservation.attempt(),
                            reservation.pushedAt(),
                            Payloads.read(reservation.payload()));
        } catch (IOException e) {
            return new Settlement.Fail("its payload is not JSON: " + e.getMessage());
        }
        MDC.put("pogo.queue", queue);
        MDC.put("pogo.message", reservation.id());
        try {
            return runInScope(runtime, delivery);
        } finally {
            MDC.remove("pogo.queue");
            MDC.remove("pogo.message");
        }
    }

    private Settlement runInScope(PogoRuntime runtime, Delivery<@Nullable Object> delivery)
            throws InterruptedException {
        if (cancelled) {
            return new Settlement.Return(Duration.ZERO, CLOSING);
        }
        Duration left = config.visibilityTimeout().minusNanos(System.nanoTime() - reservedNanos);
        try (PogoScope opened = runtime.open(left.isNegative() ? Duration.ZERO : left)) {
            Task<?> task =
                    opened.spawn(config.pool(), Objects.requireNonNull(config.worker()), delivery);
            scope = opened;
            if (cancelled) {
                opened.cancel(); // the other thread may have seen no scope
            }
            task.await(FOREVER);
            return new Settlement.Ack();
        } catch (DeadlineExceededException e) {
            if (e.ran().isZero()) {
                return new Settlement.Return(
                        RetryDelay.after(1, config),
                        "it has waited "
                                + Durations.describe(e.waited())
                                + " for pool "
                                + config.pool());
            }
            return failed(
                    "did not end within its visibility timeout, "
                            + Durations.describe(config.visibilityTimeout()));
        } catch (PoolSaturatedException | WorkerSaturatedException e) {
            return new Settlement.Return(RetryDelay.after(1, config), describe(e));
        } catch (TaskCancelledException e) {
            return cancelled ? new Settlement.Return(Duration.ZERO, CLOSING) : failed(describe(e));
        } catch (TaskFailedException e) {
            return failed(describe(Objects.requireNonNullElse(e.getCause(), e)));
        } catch (PogoException e) {
            return failed(describe(e));
        } catch (IllegalStateException e) {
            // The runtime is closed or being closed; a delay, since it stays so.
            return new Settlement.Return(RetryDelay.after(1, config), describe(e));
        } finally {
            scope = null;
        }
    }

    private Settlement failed(String reason) {
        return reservation.attempt() >= config.maxAttempts()
                ? new Settlement.Fail(reason)
                : new Settlement.Release(RetryDelay.after(reservation.attempt(), config), reason);
    }

    /** Returns the text of an exception of somebody else's code, which may throw itself. */
    private static String describe(Throwable e) {
        try {
            return Objects.requireNonNull(e.toString());
        } catch (RuntimeException | StackOverflowError unreadable) {
            return e.getClass().getName() + ", which cannot be described";
        }
    }
}
