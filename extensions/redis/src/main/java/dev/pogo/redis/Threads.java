package dev.pogo.redis;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits of threads, and for threads. */
final class Threads {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    private Threads() {}

    /** Logs that something failed in the calling thread, which goes on. Throws nothing. */
    static void goesOn(Throwable e) {
        try {
            LOG.error("{} failed, and goes on", Thread.currentThread(), e);
        } catch (Throwable ignored) {
            // Logging takes memory, which may be what is missing. The thread is needed all the
            // same: nobody else answers the commands.
        }
    }

    /** Lets the calling thread wait, unless it is to end; whoever wants that unparks it. */
    static void pause(long nanos, BooleanSupplier ended) {
        long end = System.nanoTime() + nanos;
        long left;
        while (!ended.getAsBoolean() && (left = end - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits for a thread to end, for a bounded time; an interrupt is kept for later. */
    static void join(Thread thread, long nanos) {
        boolean interrupted = false;
        long end = System.nanoTime() + nanos;
        long left;
        while (thread.isAlive() && (left = end - System.nanoTime()) > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(left, 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
