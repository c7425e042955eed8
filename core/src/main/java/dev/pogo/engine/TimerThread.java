package dev.pogo.engine;

import dev.pogo.util.SpinLock;
import dev.pogo.util.Uninterruptibles;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread of a {@link Timer}, which fires the alarms that are due and sleeps in between. It ends
 * when there has been nothing to wait for, and is started again when there is.
 */
final class TimerThread {
    private static final Logger LOG = LoggerFactory.getLogger(Timer.class);

    /**
     * Time for which the thread stays without an alarm, and the longest that it sleeps, so that it
     * also ends in good time if the alarm that it has been waiting for is disarmed.
     */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Value of {@link #sleepNanos} when the thread is to end. */
    private static final long ENDS = -1;

    /** Pause before the next look or attempt when there is nothing to be woken by. */
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /**
     * Created with the timer, so that no lambda has to be linked when the stack may be nearly used
     * up.
     */
    private final Runnable run = this::run;

    /**
     * Factories for the thread; each is used only if the one before it fails. The last one makes
     * virtual threads: a thread that may be late is better than none.
     */
    private final List<ThreadFactory> factories;

    /** Finds alarms that are not armed; null if all are. Written before the first alarm is set. */
    private @Nullable AlarmScan scan;

    /** Time for which {@link #thread} sleeps next; 0 if it scans first. Confined to that thread. */
    private long sleepNanos;

    /** Set when the thread has slept with nothing to wait for. Confined to that thread. */
    private boolean idle;

    /** The timer's lock, which guards every field below. */
    private final SpinLock lock;

    private final AlarmHeap alarms;

    /**
     * Set by the thread itself when it begins, and cleared by it if it ends before the timer is
     * closed.
     */
    private @Nullable Thread thread;

    /** Set while {@link #thread} is being started and has not begun yet. */
    private boolean starting;

    /** Time until which {@link #thread} sleeps, while it does. */
    private long sleepsUntil;

    private boolean closed;

    /**
     * Set when an alarm is noted for which the thread has to be started or woken, or when the timer
     * is closed. Written under the lock; read without it by threads that may have to do so.
     */
    private volatile boolean unattended;

    TimerThread(List<ThreadFactory> factories, SpinLock lock, AlarmHeap alarms) {
        this.factories = factories;
        this.lock = lock;
        this.alarms = alarms;
    }

    /** Makes the thread find the alarms of these scopes. Called before the first one is set. */
    void scan(ActiveScopes scopes) {
        scan = new AlarmScan(scopes);
    }

    /** Returns the scan that finds alarms of scopes; null if there is none. */
    @Nullable AlarmScan scan() {
        return scan;
    }

    /** Returns whether the timer is closed. Must be called with the lock held. */
    boolean isClosed() {
        return closed;
    }

    /** Closes the timer: the thread fires no more alarms. Must be called with the lock held. */
    void close() {
        closed = true;
        unattended = true;
    }

    /**
     * Notes that an armed alarm is due at the time. Must be called with the lock held; {@link
     * #attend} must be called afterwards.
     */
    void note(long due) {
        if (thread == null || (due - sleepsUntil < 0 && thread != Thread.currentThread())) {
            unattended = true;
        }
    }

    /** See {@link Timer#attend}. */
    void attend() {
        if (!unattended) {
            return;
        }
        Thread sleeper;
        boolean start;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            sleeper = thread;
            unattended = sleeper == null;
            start = sleeper == null && alarms.size() > 0 && !starting;
            if (start) {
                starting = true;
            }
        } finally {
            lock.unlock();
        }
        if (start) {
            start();
        } else {
            LockSupport.unpark(sleeper);
        }
    }

    /** See {@link Timer#isAttended}. */
    boolean isAttended() {
        return !unattended;
    }

    /** Waits for the thread to end after the timer has been closed. */
    void awaitEnd() {
        while (isStarting()) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
        Thread last = lastThread();
        if (last != null) {
            LockSupport.unpark(last);
            // Without a timeout, because it ends as soon as the alarm that is firing has fired.
            Uninterruptibles.forEnd(last);
        }
    }

    private boolean isStarting() {
        lock.lock();
        try {
            return starting;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Thread lastThread() {
        lock.lock();
        try {
            return thread;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts the thread, for the caller that has set {@link #starting}; the thread clears it when
     * it begins.
     */
    private void start() {
        boolean started = false;
        try {
            for (int i = 0; i < factories.size() && !started; i++) {
                started = start(factories.get(i));
            }
        } finally {
            if (!started) {
                giveUpStarting();
            }
        }
    }

    private boolean start(ThreadFactory factory) {
        try {
            factory.newThread(run).start();
            return true;
        } catch (Throwable e) {
            return false; // the next factory may succeed, or the next alarm's attempt
        }
    }

    private void giveUpStarting() {
        lock.lock();
        try {
            starting = false;
            unattended = closed || alarms.size() > 0; // other threads may have relied on this start
        } finally {
            lock.unlock();
        }
    }

    /** Continues whatever fails, such as the log: other threads park until this one wakes them. */
    private void run() {
        if (!becomesTheThread()) {
            return;
        }
        boolean more = true;
        while (more) {
            try {
                more = fireNext();
            } catch (Throwable e) {
                pause();
            }
        }
    }

    /** Leaves the processor to other threads; memory may be available afterwards. */
    private void pause() {
        try {
            LockSupport.parkNanos(this, PAUSE_NANOS);
        } catch (Throwable e) {
            Thread.onSpinWait(); // unmounting a virtual thread from its carrier needs memory
        }
    }

    /**
     * Returns whether the calling thread is the timer's from now on. A start may throw although the
     * thread runs; by then another one may have been started.
     */
    private boolean becomesTheThread() {
        lock.lock();
        try {
            if (thread != null) {
                return false;
            }
            starting = false;
            unattended = closed;
            thread = Thread.currentThread();
            sleepsUntil = System.nanoTime();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Fires the next alarm; returns false if the thread is to end. A separate method, so that the
     * thread does not keep the last alarm reachable.
     */
    private boolean fireNext() {
        Alarm alarm = next();
        if (alarm == null) {
            return false;
        }
        try {
            alarm.fire();
        } catch (Throwable e) {
            LOG.error("An alarm failed; this is an error in Pogo", e);
        }
        return true;
    }

    /** Waits for the next alarm to be due; returns null if the thread is to end. */
    private @Nullable Alarm next() {
        idle = false;
        while (true) {
            Alarm due = pollDue();
            if (due != null || sleepNanos == ENDS) {
                return due;
            }
            if (sleepNanos > 0) {
                // Returns at once if this thread has been woken since the unlock.
                LockSupport.parkNanos(this, sleepNanos);
                // Nothing should interrupt this thread, but if so it would not sleep any more.
                Thread.interrupted();
            } else if (scan != null) {
                scan.step(System.nanoTime());
            }
        }
    }

    /**
     * Returns the next alarm if it is due, or null after setting {@link #sleepNanos}. A separate
     * method, so that the thread does not keep an alarm reachable while it sleeps.
     */
    private @Nullable Alarm pollDue() {
        lock.lock();
        try {
            long now = System.nanoTime();
            Alarm first = alarms.first();
            boolean scans = scan != null && scan.isActive();
            if (closed || (first == null && !scans && idle)) {
                thread = closed ? thread : null;
                sleepNanos = ENDS;
                return null;
            }
            long left = first == null ? IDLE_NANOS : alarms.time(first) - now;
            if (first != null && left <= 0) {
                alarms.remove(first);
                sleepsUntil = now; // about to look again: need not be woken
                return first;
            }
            long step = scan == null ? IDLE_NANOS : scan.untilNextStep(now, first != null);
            sleepNanos = Math.max(0, Math.min(step, Math.min(left, IDLE_NANOS)));
            idle = first == null && !scans;
            sleepsUntil = now + sleepNanos;
            return null;
        } finally {
            lock.unlock();
        }
    }
}
