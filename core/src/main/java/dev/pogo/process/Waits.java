package dev.pogo.process;

import java.util.concurrent.TimeUnit;

/** Waits that an interrupt does not end; it is set again afterwards. */
final class Waits {
    private interface Wait {
        void await() throws InterruptedException;
    }

    private Waits() {}

    /** As long as it takes: it is killed, or ends by itself, and only the system can hold it up. */
    static int forExit(Process process) {
        uninterruptibly(process::waitFor);
        return process.exitValue();
    }

    /** Whether the process has ended in that time. */
    static boolean forExit(Process process, long millis) {
        long until = after(millis);
        uninterruptibly(() -> {
            process.waitFor(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        });
        return !process.isAlive();
    }

    private static long after(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Whether the thread has ended in that time. */
    static boolean forEnd(Thread thread, long millis) {
        long until = after(millis);
        uninterruptibly(() -> {
            long left = until - System.nanoTime();
            if (left > 0) {
                TimeUnit.NANOSECONDS.timedJoin(thread, left);
            }
        });
        return !thread.isAlive();
    }

    /** As long as it takes. */
    static void forEnd(Thread thread) {
        uninterruptibly(thread::join);
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
