package dev.pogo.engine;

import dev.pogo.util.SpinLock;
import dev.pogo.util.ThreadFactories;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Fires alarms when they are due, on one platform thread that exists only while there is something
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
     * Guards {@link #alarms} and the state of {@link #thread}; held for O(log n) steps. No other
     * lock is taken under it.
     */
    private final SpinLock lock = SpinLock.inner();

    private final AlarmHeap alarms;

    private final TimerThread thread;

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
        this.alarms = alarms;
        this.thread = new TimerThread(factories, lock, alarms);
    }

    /** Makes the thread find the alarms of these scopes. Called before the first one is set. */
    void scan(ActiveScopes scopes) {
        thread.scan(scopes);
    }

    /** Returns the scan that finds alarms of scopes; null if there is none. */
    @Nullable AlarmScan scan() {
        return thread.scan();
    }

    /** Returns whether a thread that sets an active scope's alarm to that time has to arm it. */
    boolean mustArm(long time) {
        AlarmScan finding = thread.scan();
        return finding == null || finding.mustArm(time);
    }

    /** Notes that an active scope's alarm is set and could not be armed. For the thread only. */
    void missed() {
        AlarmScan finding = thread.scan();
        if (finding != null) {
            finding.missed();
        }
    }

    /**
     * Arms the alarm, or moves it if it is armed; does nothing once the timer is closed. An alarm
     * whose time has passed fires at once. Must not be called with a lock held.
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
            if (thread.isClosed() || (armed && onlyIfEarlier && alarms.time(alarm) - due <= 0)) {
                return;
            }
            alarms.makeRoom();
            if (armed) {
                alarms.remove(alarm);
            }
            alarms.add(alarm, due);
            thread.note(due);
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
        thread.attend();
    }

    /**
     * Returns whether there is a thread that fires all alarms that were noted. Otherwise none could
     * be started, or it is about to be started or woken, or this is closed.
     */
    boolean isAttended() {
        return thread.isAttended();
    }

    /** Ensures that the alarm does not fire, unless it is firing already. */
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
            thread.awaitEnd();
        }
    }

    private void dropAll() {
        Alarm dropped;
        while ((dropped = dropAny()) != null) {
            dropped.drop();
        }
        AlarmScan finding = thread.scan();
        if (finding != null) {
            finding.drop();
        }
    }

    private @Nullable Alarm dropAny() {
        lock.lock();
        try {
            thread.close();
            Alarm dropped = alarms.any();
            if (dropped != null) {
                alarms.remove(dropped);
            }
            return dropped;
        } finally {
            lock.unlock();
        }
    }
}
