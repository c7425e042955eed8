package dev.pogo;

import dev.pogo.sync.BriefLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Rings alarms at their times, on one platform thread that exists only while there is something to
 * wait for. It is a platform thread so that deadlines pass on time while virtual threads hold every
 * carrier.
 *
 * <p>Most alarms (a request's deadline, a queue's {@code max_wait}) are disarmed long before they
 * are due, and so many times a second that waking the thread for each would cost more than the
 * rest. So the thread is woken only for an alarm that is due before the time it already sleeps to;
 * disarming wakes nobody, and costs at most one idle wake-up later on. Those of scopes are mostly
 * not even armed, see {@link AlarmScan}.
 *
 * <p>To start a thread takes long where others compute on all processors. So none is started, and
 * none woken, under a lock: who holds one only {@linkplain #note notes} the alarm, and {@linkplain
 * #attend attends} to the thread afterwards.
 */
final class Timer {
    /**
     * Something to happen at a time. It belongs to one timer and is armed at most once at a time;
     * it may be armed again after it has rung or was disarmed.
     */
    abstract static class Alarm {
        /** Value of {@link #place}: it is not armed. */
        static final int NOWHERE = -1;

        /** Belongs to the {@link AlarmHeap} that it is in; guarded by the timer's lock. */
        int place = NOWHERE;

        /**
         * Called on the timer's thread, with no lock held. All other alarms wait for it, so it does
         * not block, and runs none of the user's code but a {@link TaskListener}, which must not.
         */
        abstract void ring();

        /** Called by who closes the timer, with no lock held, if it was armed then. */
        void drop() {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Timer.class);

    /**
     * How long the thread stays without an alarm, and sleeps at most: so that it also ends in good
     * time where the alarm it has been waiting for is disarmed.
     */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Value of {@link #sleepNanos}: the thread ends. */
    private static final long ENDS = -1;

    /** Made with this: no lambda is to be linked first where the stack may be nearly used up. */
    private final Runnable run = this::run;

    /** How long to pause before the next look or try, where there is nothing to be woken by. */
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /**
     * What the thread is made by; the next one only where the one before it fails. The last one
     * makes virtual threads: one that may be late is better than none.
     */
    private final List<ThreadFactory> factories;

    /** Finds alarms that are not armed; null if all are. Written before the first one is set. */
    private @Nullable AlarmScan scan;

    /** How long {@link #thread} sleeps next; 0 if it scans first. Confined to that thread. */
    private long sleepNanos;

    /** Whether it has slept with nothing to wait for. Confined to that thread. */
    private boolean idle;

    /** Guards every field below; held for O(log n) steps. No other lock is taken under it. */
    private final BriefLock lock = BriefLock.inner();

    private final AlarmHeap alarms;

    /**
     * Set by the thread itself when it begins, and cleared by it when it ends before the timer is
     * closed.
     */
    private @Nullable Thread thread;

    /** Whether somebody is starting {@link #thread}, which has not begun yet. */
    private boolean starting;

    /** Until when {@link #thread} sleeps, while it does. */
    private long sleepsUntil;

    private boolean closed;

    /**
     * Whether an alarm is noted for which the thread has to be started or woken, or this is closed.
     * Written under the lock; read without it by those who may have to do so.
     */
    private volatile boolean unattended;

    Timer() {
        this(
                List.of(
                        ThreadKind.PLATFORM.factory("pogo-timer"),
                        ThreadKind.VIRTUAL.factory("pogo-timer")));
    }

    Timer(List<ThreadFactory> factories) {
        this(factories, new AlarmHeap());
    }

    Timer(List<ThreadFactory> factories, AlarmHeap alarms) {
        this.factories = factories;
        this.alarms = alarms;
    }

    /** Has the thread find the alarms of these scopes; called before the first one is set. */
    void scan(BusyScopes scopes) {
        scan = new AlarmScan(scopes);
    }

    /** What finds them; null if nothing does. */
    @Nullable AlarmScan scan() {
        return scan;
    }

    /** Whether a thread that sets the alarm of a busy scope to that time has to arm it. */
    boolean mustArm(long time) {
        AlarmScan finding = scan;
        return finding == null || finding.mustArm(time);
    }

    /** The alarm of a busy scope is set and could not be armed; for the thread. */
    void missed() {
        if (scan != null) {
            scan.missed();
        }
    }

    /**
     * Arms the alarm, or moves it if it is armed; does nothing once the timer is closed. A time
     * that has passed rings at once. Not for who holds a lock.
     */
    void arm(Alarm alarm, long due) {
        note(alarm, due);
        attend();
    }

    /**
     * Arms the alarm likewise, for who holds a lock of a pool or a scope, and calls {@link #attend}
     * once it has given that back.
     */
    void note(Alarm alarm, long due) {
        note(alarm, due, false);
    }

    /** Likewise, but leaves an alarm as it is that is due before. */
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
     * Starts or wakes the thread if a noted alarm needs that; mostly none does, and then this is a
     * look at one field. Where no thread can be had the alarm stays armed, and the next one that is
     * armed tries again; who parks meanwhile keeps its own time.
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
     * Whether there is a thread that rings all alarms that were noted. Else there was none to be
     * had, or it is about to be started or woken, or this is closed.
     */
    boolean isAttended() {
        return !unattended;
    }

    /** Makes sure that the alarm does not ring, unless it is ringing already. */
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

    /** How many alarms are armed. */
    int pending() {
        lock.lock();
        try {
            return alarms.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drops all alarms, refuses new ones and waits for the thread to end. Not for alarms to call.
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

    /** Unbounded, because the thread ends as soon as the alarm that is ringing has rung. */
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

    /** For who has set {@link #starting}, which the thread clears when it begins. */
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
            return false; // the next factory may have one, or the next alarm
        }
    }

    private void giveUpStarting() {
        lock.lock();
        try {
            starting = false;
            unattended = closed || alarms.size() > 0; // somebody may have left it to this start
        } finally {
            lock.unlock();
        }
    }

    /** Whatever fails, such as the log, the thread goes on: others park until it wakes them. */
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

    /** Leaves the processor to others, which may have memory again. */
    private void pause() {
        try {
            LockSupport.parkNanos(this, PAUSE_NANOS);
        } catch (Throwable e) {
            Thread.onSpinWait(); // a virtual thread needs memory to be taken off its carrier
        }
    }

    /**
     * Whether the calling thread is the timer's from now on. A start may throw although the thread
     * runs; by then another one may have been started.
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

    /** A method of its own, so that the thread does not hold on to what it has rung last. */
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

    /** Waits for the next alarm to be due; null if the thread is to end. */
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
                // Nobody has a reason to interrupt it, but if so it would not sleep any more.
                Thread.interrupted();
            } else if (scan != null) {
                scan.step(System.nanoTime());
            }
        }
    }

    /**
     * The next alarm if it is due, or null; then {@link #sleepNanos} is set. A method of its own,
     * so that the thread does not hold on to an alarm while it sleeps.
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
                sleepsUntil = now; // about to look again: no need to wake it
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
