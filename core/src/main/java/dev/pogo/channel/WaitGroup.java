package dev.pogo.channel;

import dev.pogo.util.Nanos;
import dev.pogo.util.SpinLock;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * Counter of outstanding work; threads wait for it to reach zero.
 *
 * {@snippet file="dev/pogo/channel/ChannelExampleTest.java" region="waitGroup"}
 *
 * <p>The count starts at zero, and a wait group can be reused: the next zero wakes a waiting thread
 * even if the count has gone up again before the thread runs. Actions before {@link #done()}
 * happen-before those that follow a wait that it has ended.
 *
 * <p>A task that waits here keeps its permit, unless it shares it with tasks that it has awaited or
 * that await it: those may use it meanwhile, as with a {@link Channel}. To wait for tasks, await
 * them or their scope.
 */
public final class WaitGroup {
    /** Guards the fields below it and the nodes. No other lock is taken under it. */
    private final SpinLock lock = SpinLock.outer();

    private int count;

    /** Waiters for the next zero; replaced at each zero, so that later ones are not woken by it. */
    private WaitingLine waiting = new WaitingLine(lock);

    /** Creates a wait group whose count is zero. */
    public WaitGroup() {}

    /**
     * Increments the count.
     *
     * @throws IllegalStateException if the count is {@link Integer#MAX_VALUE} already
     */
    public void add() {
        add(1);
    }

    /**
     * Adds to the count.
     *
     * @param more the number to add, not negative
     * @throws IllegalArgumentException if it is negative
     * @throws IllegalStateException if the count would be more than {@link Integer#MAX_VALUE}
     */
    public void add(int more) {
        if (more < 0) {
            throw new IllegalArgumentException(
                    "more must not be negative, but is " + more + "; done() counts down");
        }
        StackProbe.ensureRoom();
        int before;
        lock.lock();
        before = count;
        if (before <= Integer.MAX_VALUE - more) {
            count = before + more;
        }
        lock.unlock();
        if (before > Integer.MAX_VALUE - more) {
            throw new IllegalStateException(
                    "a wait group that counts " + before + " cannot take " + more + " more");
        }
    }

    /**
     * Decrements the count. At zero, all waiting threads are woken.
     *
     * @throws IllegalStateException if the count is zero already; it stays zero
     */
    public void done() {
        StackProbe.ensureRoom();
        WaitingLine told = null;
        int before;
        lock.lock();
        try {
            before = count;
            if (before == 1 && waiting.size() > 0) {
                told = waiting;
                waiting = new WaitingLine(lock);
            }
            if (before > 0) {
                count = before - 1;
            }
        } finally {
            lock.unlock();
        }
        if (before == 0) {
            throw new IllegalStateException(
                    "a wait group that counts 0 cannot be done once more, for it would count -1");
        }
        if (told != null) {
            told.chooseAll(null);
        }
    }

    /**
     * Waits until the count is zero, for at most the timeout.
     *
     * @param timeout how long to wait; if zero, this only tests whether the count is zero now
     * @return whether the count was zero, at the call or since
     * @throws IllegalArgumentException if the timeout is negative
     * @throws InterruptedException if the thread is interrupted, before or while it waits
     */
    public boolean await(Duration timeout) throws InterruptedException {
        long nanos = Nanos.of(timeout, "timeout");
        StackProbe.ensureRoom();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        boolean zero = count() == 0;
        if (zero || nanos == 0) {
            return zero;
        }
        long deadline = System.nanoTime() + nanos;
        LineNode mine = new ThreadWait();
        WaitingLine line = enlist(mine);
        return line == null || line.await(mine, true, deadline);
    }

    /** Enqueues a node for the next zero; returns null if the count is zero now. */
    @Nullable WaitingLine enlist(LineNode mine) {
        lock.lock();
        try {
            if (count == 0) {
                return null;
            }
            waiting.add(mine);
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the current count of outstanding work.
     *
     * @return the count, not negative
     */
    public int count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "WaitGroup[" + count() + "]";
    }
}
