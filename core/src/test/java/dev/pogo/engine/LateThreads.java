package dev.pogo.engine;

import dev.pogo.Eventually;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes a pool's threads, of which some begin only when the test lets them, as where all processors
 * or carriers are busy. The first one made is number 0.
 */
public final class LateThreads implements ThreadFactory, AutoCloseable {
    private final class LateThread extends Thread {
        LateThread(Runnable work) {
            super(work, "pogo/late");
        }

        @Override
        public void start() {
            synchronized (held) {
                if (!released) {
                    held.add(this);
                    return;
                }
            }
            super.start();
        }

        void begin() {
            super.start();
        }
    }

    private final AtomicInteger made = new AtomicInteger();
    private final Set<Integer> late;

    /** Guards itself and {@link #released}. */
    private final List<LateThread> held = new ArrayList<>();

    private boolean released;

    public LateThreads(Set<Integer> late) {
        this.late = late;
    }

    @Override
    public Thread newThread(Runnable work) {
        return late.contains(made.getAndIncrement())
                ? new LateThread(work)
                : Thread.ofPlatform().daemon().name("pogo/late").unstarted(work);
    }

    /** How many have been started, and have not begun. */
    public int waiting() {
        synchronized (held) {
            return held.size();
        }
    }

    /** Lets them begin, and waits for their end. */
    public void release() {
        List<LateThread> begun;
        synchronized (held) {
            released = true;
            begun = List.copyOf(held);
            held.clear();
        }
        begun.forEach(LateThread::begin);
        for (LateThread thread : begun) {
            Eventually.isTrue(() -> !thread.isAlive());
        }
    }

    @Override
    public void close() {
        release();
    }
}
