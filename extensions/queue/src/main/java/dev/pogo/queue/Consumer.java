package dev.pogo.queue;

import dev.pogo.PogoRuntime;
import dev.pogo.queue.QueueStore.Reservation;
import dev.pogo.redis.Durations;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reserves messages of one queue, as many as it has free slots for, and runs each as a delivery on
 * a virtual thread of its own.
 */
final class Consumer {
    private static final Logger LOG = LoggerFactory.getLogger(Consumer.class);

    /** How long to wait after a failure of the backend; its connections back off by themselves. */
    private static final long PAUSE_MILLIS = 250;

    private final String queue;
    private final QueueStore store;
    private final Counters counters;
    private final QueueConfig config;
    private final PogoRuntime runtime;
    private final Thread thread;

    /** One permit for each job that may begin, and one more when the consumer is to stop. */
    private final Semaphore slots;

    /**
     * One permit for each delivery whose job has ended, and whose slot is free for the next one
     * while the backend is told. So the backend is asked for the next message at the same time; but
     * if it does not take the outcomes, no more messages are reserved.
     */
    private final Semaphore settling;

    private final Set<DeliveryRun> running = ConcurrentHashMap.newKeySet();

    /** Counted down once, when no more messages are to be reserved. */
    private final CountDownLatch stopping = new CountDownLatch(1);

    /** Why nothing could be reserved the last time, or null. Owned by the thread. */
    private @Nullable String problem;

    /** Set once, when the results of deliveries are to be given up if the backend fails. */
    private volatile boolean givingUp;

    Consumer(
            String queue,
            QueueStore store,
            Counters counters,
            QueueConfig config,
            PogoRuntime runtime) {
        this.queue = queue;
        this.store = store;
        this.counters = counters;
        this.config = config;
        this.runtime = runtime;
        slots = new Semaphore(config.concurrency());
        settling = new Semaphore(config.concurrency());
        thread =
                Thread.ofVirtual()
                        .name("pogo-queue-" + queue + "-consumer")
                        .unstarted(this::consume);
    }

    void start() {
        thread.start();
    }

    private void consume() {
        try {
            while (isActive()) {
                slots.acquire(); // as long as deliveries run: each has a deadline
                if (!reserve(1 + slots.drainPermits())) {
                    stopping.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            LOG.error("The consumer of queue {} was interrupted, and ends", queue, e);
        }
    }

    private boolean isActive() {
        return stopping.getCount() > 0;
    }

    /**
     * Reserves messages and begins their deliveries.
     *
     * @param free the number of slots that are free for them
     * @return whether that did not fail
     */
    private boolean reserve(int free) throws InterruptedException {
        int left = free;
        try {
            List<Reservation> reserved =
                    isActive() ? store.reserve(free, config.reserveTimeout()) : List.of();
            problem = null;
            long now = System.nanoTime();
            for (Reservation reservation : reserved) {
                begin(new DeliveryRun(queue, reservation, config, now));
                left--;
            }
            return true;
        } catch (BackendException e) {
            counters.backendErrors.increment();
            report(e);
        } catch (RuntimeException | Error e) {
            report(e);
        } finally {
            slots.release(left);
        }
        return false;
    }

    private void begin(DeliveryRun run) {
        running.add(run);
        try {
            Thread.ofVirtual().name("pogo-queue-" + queue + "-delivery").start(() -> deliver(run));
        } catch (Throwable e) {
            running.remove(run);
            throw e;
        }
    }

    /**
     * Logs a failure once, however often it is tried again. What is reserved but does not begin is
     * taken back by the backend.
     */
    private void report(Throwable e) {
        try {
            String failure = String.valueOf(e);
            if (failure.equals(problem)) {
                return;
            }
            problem = failure;
            if (e instanceof BackendException) {
                LOG.warn(
                        "Queue {} cannot reserve messages, and tries again: {}",
                        queue,
                        e.getMessage());
            } else {
                LOG.error("Queue {} cannot reserve or deliver messages, and goes on", queue, e);
            }
        } catch (Throwable ignored) {
            // There may be no memory to log; what counts is that it is tried again.
        }
    }

    private void deliver(DeliveryRun run) {
        boolean next = false;
        try {
            if (!isActive()) {
                run.cancel();
            }
            Settlement settlement = run.run(runtime);
            count(run, settlement);
            next = settling.tryAcquire();
            if (next) {
                slots.release();
            }
            settle(run, settlement);
        } catch (Throwable e) {
            reportUnsettled(run, e);
        } finally {
            running.remove(run);
            (next ? settling : slots).release();
        }
    }

    private void reportUnsettled(DeliveryRun run, Throwable e) {
        try {
            LOG.error(
                    "Message {} of queue {} stays reserved until its visibility timeout",
                    run.reservation().id(),
                    queue,
                    e);
        } catch (Throwable ignored) {
            // There may be no memory to log; what counts is that the slot is free again.
        }
    }

    private void count(DeliveryRun run, Settlement settlement) {
        switch (settlement) {
            case Settlement.Ack done -> counters.succeeded.increment();
            case Settlement.Release release -> {
                counters.failed.increment();
                LOG.info(
                        "Message {} of queue {} has failed, attempt {} of {}; the next is in {}:"
                                + " {}",
                        run.reservation().id(),
                        queue,
                        run.reservation().attempt(),
                        config.maxAttempts(),
                        Durations.describe(release.delay()),
                        oneLine(release.reason()));
            }
            case Settlement.Fail fail -> {
                counters.failed.increment();
                counters.deadLettered.increment();
                LOG.warn(
                        "Message {} of queue {} has failed for the last time, attempt {} of {}: {}",
                        run.reservation().id(),
                        queue,
                        run.reservation().attempt(),
                        config.maxAttempts(),
                        oneLine(fail.reason()));
            }
            case Settlement.Return back -> {
                counters.returned.increment();
                LOG.info(
                        "Message {} of queue {} goes back: {}",
                        run.reservation().id(),
                        queue,
                        oneLine(back.reason()));
            }
        }
        if (!(settlement instanceof Settlement.Return)) {
            counters.handlingNanos.add(System.nanoTime() - run.reservedNanos());
        }
    }

    /** Control characters could steer a terminal or look like another line of the log. */
    private static String oneLine(String reason) {
        return reason.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", "?");
    }

    /** Tells the backend, until it knows or has taken the message back anyway. */
    private void settle(DeliveryRun run, Settlement settlement) throws InterruptedException {
        long end = run.reservedNanos() + Visibility.reclaimed(config).toNanos();
        while (true) {
            try {
                QueueCode code = settlement.settle(store, run.reservation().deliveryId());
                if (code == QueueCode.DELIVERY_UNKNOWN && System.nanoTime() - end > 0) {
                    LOG.warn(
                            "Message {} of queue {} took {}, longer than its reservation, and may"
                                    + " have been delivered again",
                            run.reservation().id(),
                            queue,
                            Durations.describe(
                                    Duration.ofNanos(System.nanoTime() - run.reservedNanos())));
                }
                return;
            } catch (BackendException e) {
                counters.backendErrors.increment();
                if (givingUp || System.nanoTime() - end > 0) {
                    LOG.warn(
                            "Message {} of queue {} will be delivered again: {}",
                            run.reservation().id(),
                            queue,
                            e.getMessage());
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** Ensures that nothing more is reserved, soon. */
    void stop() {
        stopping.countDown();
        slots.release();
    }

    /**
     * Waits until nothing is being reserved and all deliveries have ended, or the given time, at
     * which those that have not are cancelled.
     *
     * @param end {@link System#nanoTime()} at which deliveries are cancelled
     */
    void cancelAt(long end) throws InterruptedException {
        if (!haveEnded(end)) {
            givingUp = true;
            running.forEach(DeliveryRun::cancel);
        }
    }

    private boolean haveEnded(long end) throws InterruptedException {
        int jobs = config.concurrency() + 1;
        if (!slots.tryAcquire(jobs, end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        slots.release(jobs);
        int outcomes = config.concurrency();
        if (!settling.tryAcquire(outcomes, end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        settling.release(outcomes);
        return true;
    }

    /** Waits until all deliveries have ended: a scope ends when its job does. */
    void drain() throws InterruptedException {
        thread.join(); // reserving has a time limit of its own
        slots.acquire(config.concurrency() + 1);
        slots.release(config.concurrency() + 1);
        settling.acquire(config.concurrency());
        settling.release(config.concurrency());
    }
}
