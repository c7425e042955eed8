package dev.pogo.benchmarks.redis;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/**
 * Increments a counter of its own again and again, and looks whether it grows by more than the
 * commands that it has issued. Its fields are read when its thread has ended, {@link #lastReply}
 * before.
 */
final class CountingCaller implements Runnable {
    private final Client client;
    private final byte[] key;
    private final Map<String, Integer> failures = new TreeMap<>();
    private volatile boolean stopped;
    private volatile long lastReply;
    private long value;
    private long replies;
    private long failed;
    private long failedInARow;
    private long doneTwice;
    private long longestNanos;

    CountingCaller(Client client, int number) {
        this.client = client;
        this.key = Load.bytes("counter:" + number);
    }

    @Override
    public void run() {
        while (!stopped) {
            long before = System.nanoTime();
            try {
                reply(client.increment(key));
            } catch (RuntimeException e) {
                failed++;
                failedInARow++;
                failures.merge(name(e), 1, Integer::sum);
                pause();
            }
            longestNanos = Math.max(longestNanos, System.nanoTime() - before);
        }
    }

    /** A failed command may have been done once, so the counter grows by no more than these. */
    private void reply(long increased) {
        doneTwice += Math.max(0, increased - value - 1 - failedInARow);
        value = increased;
        failedInARow = 0;
        replies++;
        lastReply = System.nanoTime();
    }

    private static String name(Throwable e) {
        Throwable cause = e.getCause();
        if (e instanceof CompletionException && cause != null) {
            return cause.getClass().getSimpleName();
        }
        return e.getClass().getSimpleName();
    }

    private void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    void stop() {
        stopped = true;
    }

    /** When the last reply came, as {@link System#nanoTime()} has it. */
    long lastReply() {
        return lastReply;
    }

    byte[] key() {
        return key;
    }

    long value() {
        return value;
    }

    long replies() {
        return replies;
    }

    long failed() {
        return failed;
    }

    /** Commands that were done twice for certain, without those after the last reply. */
    long doneTwice() {
        return doneTwice;
    }

    /** So many commands that had failed at the end may have been done. */
    long failedInARow() {
        return failedInARow;
    }

    long longestNanos() {
        return longestNanos;
    }

    Map<String, Integer> failures() {
        return failures;
    }
}
