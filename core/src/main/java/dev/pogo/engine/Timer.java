package dev.pogo.engine;

import dev.pogo.TaskListener;
import dev.pogo.util.SpinLock;
import dev.pogo.util.ThreadFactories;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Rings alarms when they are due, on one platform thread that exists only while there is something
 * to wait for. It is a platform thread so that deadlines pass on time even while virtual threads
 * occupy every carrier thread.
 *
 * <p>Most alarms (a request's deadline, a queue's {@code max_wait}) are disarmed long before they
 * are due, and so many times a second that waking the thread for each would cost more than
 * everything else. So the thread is woken only for an alarm that is due before the time until which
 * it already sleeps. Disarming wakes no thread, and costs at most one idle wake-up later. Alarms of
 * scopes are mostly not even armed, see {@link AlarmScan}.
 *
 * <p>Starting a thread takes long while others compute on all processors. So no thread is started
 * or woken under a lock: a caller that holds one only {@linkplain #note notes} the alarm, and
 * {@linkplain #attend attends} to the thread afterwards.
 */
final class Timer {
    /**
     * An action that is due at a time. It belongs to one timer and is armed at most once at a time;
     * it may be armed again after it has rung or was disarmed.
     */
    abstract static class Alarm {
        /** Value of {@link #place} while the alarm is not armed. */
        static final int NOWHERE = -1;

        /** Belongs to the {@link AlarmHeap} that contains it; guarded by the timer's lock. */
        int place = NOWHERE;

        /**
         * Called on the timer's thread, with no lock held. All other alarms wait for it, so it must
         * not block. It runs no user code except a {@link TaskListener}, which must not block
         * either.
         */
        abstract void ring();

        /** Called by the thread that closes the timer, with no lock held, if it was armed then. */
        void drop() {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Timer.class);

    /**
     * Time for which the thread stays without an alarm, and the longest that it sleeps, so that it
     * also ends in good time if the alarm that it has been waiting for is disarmed.
     */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Value of {@link #sleepNanos} when the thread is to end. */
    private static final long ENDS = -1;

    /**
     * Created with the timer, so that no lambda has to be linked when the stack may be nearly used
     * up.
     */
    private final Runnable run = this::run;

    /** Pause before the next look or attempt when there is nothing to be woken by. */
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

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

    /** Guards every field below; held for O(log n) steps. No other lock is taken under it. */
    private final SpinLock lock = SpinLock.inner();

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
     * Set when an alarm is noted for which the thread has to be started or woken, or when this is
     * closed. Written under the lock; read without it by threads that may have to do so.
     */
    private volatile boolean unattended;

    Timer() {
        this(
                List.of(
                        ThreadFactories.platform("pogo-timer"),
                        ThreadFactories.virtual("pogo-timer")));
    }

    Timer(List<ThreadFactory> factories) {
        this(factories, new AlarmHeap());
    }

    Timer(List<ThreadFactory> factories, AlarmHeap alarms) {
        this.factories = factories;
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

    /** Returns whether a thread that sets an active scope's alarm to that time has to arm it. */
    boolean mustArm(long time) {
        AlarmScan finding = scan;
        return finding == null || finding.mustArm(time);
    }

    /** Notes that an active scope's alarm is set and could not be armed. For the thread only. */
    void missed() {
        if (scan != null) {
            scan.missed();
        }
    }

    /**
     * Arms the alarm, or moves it if it is armed; does nothing once the timer is closed. An alarm
     * whose time has passed rings at once. Must not be called with a lock held.
     */
    void arm(Alarm alarm, long due) {
        note(alarm, due);
        attend();
    }

    /**
     * Arms the alarm as {@link #arm} does, for a caller that holds a lock of a pool or a scope and
     * calls {@link #attend} once it has released the lock.
     */
    void note(Alarm alarm, long due) {
        note(alarm, due, false);
    }

    /** Does the same as {@link #note}, but leaves an alarm unchanged that is due earlier. */
    void noteIfEarlier(Alarm alarm, long due) {
        note(alarm, due, true);
    }

    private void note(Alarm alarm, long due, boolean onlyIfEarlier) {
        lock.lock();
        try {
            boolean armed = alarm.place != Alarm.NOWHERE;
            if (closed || (armed && onlyIfEarlier && alarms.time(alarm) - due <= 0)) {
                return;
            }
            alarms.makeRoom();
            if (armed) {
                alarms.remove(alarm);
            }
            alarms.add(alarm, due);
            if (thread == null || (due - sleepsUntil < 0 && thread != Thread.currentThread())) {
                unattended = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts or wakes the thread if a noted alarm needs that. Mostly none does, and then this reads
     * one field. If no thread can be started the alarm stays armed, and the next one that is armed
     * tries again; a thread that parks meanwhile keeps its own timeout.
     */
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
            startThread();
        } else {
            LockSupport.unpark(sleeper);
        }
    }

    /**
     * Returns whether there is a thread that rings all alarms that were noted. Otherwise none could
     * be started, or it is about to be started or woken, or this is closed.
     */
    boolean isAttended() {
        return !unattended;
    }

    /** Ensures that the alarm does not ring, unless it is ringing already. */
    void disarm(Alarm alarm) {
        lock.lock();
        try {
            if (alarm.place != Alarm.NOWHERE) {
                alarms.remove(alarm);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of armed alarms. */
    int pending() {
        lock.lock();
        try {
            return alarms.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drops all alarms, refuses new ones and waits for the thread to end. Must not be called by
     * alarms.
     */
    void close() {
        try {
            dropAll();
        } finally {
            awaitThreadEnd();
        }
    }

    private void awaitThreadEnd() {
        while (isStarting()) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
        Thread last = lastThread();
        if (last != null) {
            LockSupport.unpark(last);
            joinUninterruptibly(last);
        }
    }

    private void dropAll() {
        Alarm dropped;
        while ((dropped = dropAny()) != null) {
            dropped.drop();
        }
        if (scan != null) {
            scan.drop();
        }
    }

    private @Nullable Alarm dropAny() {
        lock.lock();
        try {
            closed = true;
            unattended = true;
            Alarm dropped = alarms.any();
            if (dropped != null) {
                alarms.remove(dropped);
            }
            return dropped;
        } finally {
            lock.unlock();
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
     * Waits for the thread without a timeout, because it ends as soon as the alarm that is ringing
     * has rung.
     */
    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
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
     * Starts the thread, for the caller that has set {@link #starting}; the thread clears it when
     * it begins.
     */
    private void startThread() {
        boolean started = false;
        try {
            for (int i = 0; i < factories.size() && !started; i++) {
                started = startThread(factories.get(i));
            }
        } finally {
            if (!started) {
                giveUpStarting();
            }
        }
    }

    private boolean startThread(ThreadFactory factory) {
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
                more = ringNext();
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
     * Rings the next alarm; returns false if the thread is to end. A separate method, so that the
     * thread does not keep the last alarm reachable.
     */
    private boolean ringNext() {
        Alarm alarm = next();
        if (alarm == null) {
            return false;
        }
        try {
            alarm.ring();
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
