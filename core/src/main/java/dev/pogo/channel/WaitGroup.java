package dev.pogo.channel;

import dev.pogo.sync.BriefLock;
import dev.pogo.sync.StackProbe;
import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * A count of what is still to be done, which threads wait to see at zero.
 *
 * {@snippet file="dev/pogo/channel/ChannelExampleTest.java" region="waitGroup"}
 *
 * <p>It starts at zero and can be used again: who waits is told by the next zero, also if the count
 * has gone up again before the thread runs. What was done before {@link #done()} happens-before
 * what follows a wait that it has ended.
 *
 * <p>A task that waits here keeps its permit, unless it shares it with tasks that it has awaited or
 * that await it: those may then use it meanwhile, as with a {@link Channel}. To wait for tasks,
 * await them or their scope.
 */
public final class WaitGroup {
    /** Guards all below, and the places. No other lock is taken under it. */
    private final BriefLock lock = BriefLock.outer();

    private int count;

    /** Those who wait for the next zero; replaced at each, so that later ones are not told. */
    private WaitingLine waiting = new WaitingLine(lock);

    /** Makes one whose count is zero. */
    public WaitGroup() {}

    /**
     * Counts one more.
     *
     * @throws IllegalStateException if the count is {@link Integer#MAX_VALUE} already
     */
    public void add() {
        add(1);
    }

    /**
     * Counts some more.
     *
     * @param more how many, not negative
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
     * Counts one less. At zero, all who wait are woken.
     *
     * @throws IllegalStateException if the count is zero already; it stays so
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
     * Waits until the count is zero, for as long as the timeout.
     *
     * @param timeout how long to wait; zero: tells whether it is now
     * @return whether it was zero, now or since
     * @throws IllegalArgumentException if the timeout is negative
     * @throws InterruptedException if the thread is interrupted, before or while it waits
     */
    public boolean await(Duration timeout) throws InterruptedException {
        long nanos = Timeout.nanos(timeout, "timeout");
        StackProbe.ensureRoom();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        boolean zero = count() == 0;
        if (zero || nanos == 0) {
            return zero;
        }
        long deadline = System.nanoTime() + nanos;
        Place mine = new Waiter();
        WaitingLine line = enlist(mine);
        return line == null || line.await(mine, true, deadline);
    }

    /** Lines a place up for the next zero; gives null if the count is zero now. */
    @Nullable WaitingLine enlist(Place mine) {
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
     * What is still to be done, at this moment.
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
