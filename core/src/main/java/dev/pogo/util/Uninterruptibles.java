package dev.pogo.util;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits that an interrupt does not end; the interrupt status is restored afterwards. */
public final class Uninterruptibles {
    private interface Wait {
        void await() throws InterruptedException;
    }

    private Uninterruptibles() {}

    /**
     * Waits for a latch, without a timeout. Allocates nothing and links no lambda, because the
     * caller may be short of memory or stack.
     */
    public static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits for a process to end and returns its exit value. Needs no timeout: the process is
     * killed or ends by itself, and only the system can delay that.
     */
    public static int forExit(Process process) {
        uninterruptibly(process::waitFor);
        return process.exitValue();
    }

    /** Waits for a process, and returns whether it has ended within the time. */
    public static boolean forExit(Process process, long millis) {
        long until = after(millis);
        uninterruptibly(() -> {
            process.waitFor(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        });
        return !process.isAlive();
    }

    private static long after(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Waits for a thread, and returns whether it has ended within the time. */
    public static boolean forEnd(Thread thread, long millis) {
        long until = after(millis);
        uninterruptibly(() -> {
            long left = until - System.nanoTime();
            if (left > 0) {
                TimeUnit.NANOSECONDS.timedJoin(thread, left);
            }
        });
        return !thread.isAlive();
    }

    /** Waits for a thread to end, without a timeout; like {@link #await} in all else. */
    public static void forEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void uninterruptibly(Wait wait) {
        boolean interrupted = false;
        while (true) {
            try {
                wait.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
