package dev.pogo.queue;

import dev.pogo.Job;
import dev.pogo.queue.FaultJob.How;
import dev.pogo.queue.FaultJob.Work;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * A job in the process of the test, which says when it begins and ends, and takes as long as the
 * test or its message wants.
 */
public final class HeldJob implements Job<Delivery<Work>, @Nullable Void> {
    static final List<Delivery<Work>> BEGUN = new CopyOnWriteArrayList<>();
    static final List<Delivery<Work>> ENDED = new CopyOnWriteArrayList<>();

    /** What each delivery with a negative time needs to end. */
    static final Semaphore HOLD = new Semaphore(0);

    /** For the pool. */
    public HeldJob() {}

    static void reset() {
        BEGUN.clear();
        ENDED.clear();
        HOLD.drainPermits();
    }

    /** Returns how often the job has begun with a message. */
    static long begun(long number) {
        return BEGUN.stream().filter(delivery -> delivery.payload().number() == number).count();
    }

    @Override
    public @Nullable Void handle(Delivery<Work> delivery) throws InterruptedException {
        BEGUN.add(delivery);
        long millis = delivery.payload().millis();
        if (millis >= 0) {
            Thread.sleep(millis);
        } else if (delivery.attempt() == 1) {
            if (delivery.payload().how() == How.DEAF) {
                HOLD.acquireUninterruptibly();
            } else {
                HOLD.acquire();
            }
        }
        ENDED.add(delivery);
        return null;
    }
}
