package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Alarms ordered by time: a binary heap whose times are kept in an array of their own, so that
 * comparing them touches none of the alarms, which other processors use.
 *
 * <p>Most alarms are removed, and most are due later than all others when they are added. So
 * removal only empties a slot, which moves no other alarm; empty slots are dropped when they reach
 * the top, are the last, or far outnumber the alarms. Adding and removing then cost O(1).
 *
 * <p>Not thread-safe; the timer's lock guards it and the {@code place} of each of its alarms.
 */
class AlarmHeap {
    private static final int LEAST = 8;

    /** Maximum number of slots used per alarm, apart from a constant. */
    private static final int MOST_PLACES = 4;

    private long[] times = new long[LEAST];

    /** Null in a slot that is empty, and in those that are not used. */
    private @Nullable Alarm[] alarms = new @Nullable Alarm[LEAST];

    /** Number of slots used. */
    private int used;

    private int size;

    /** Returns the number of alarms. */
    int size() {
        return size;
    }

    /** Adds an alarm that is not present, after {@link #makeRoom} has been called for it. */
    void add(Alarm alarm, long time) {
        size++;
        siftUp(used++, alarm, time);
    }

    /** Ensures that one more alarm can be added. Loses nothing if memory runs out. */
    void makeRoom() {
        if (used == times.length) {
            if (used >= 2 * size) {
                squeeze();
            } else {
                grow();
            }
        }
    }

    private void grow() {
        try {
            long[] moreTimes = Arrays.copyOf(times, 2 * used);
            alarms = Arrays.copyOf(alarms, 2 * used);
            times = moreTimes;
        } catch (OutOfMemoryError e) {
            if (size == used) {
                throw e;
            }
            squeeze(); // an alarm that has just fired has left an empty slot
        }
    }

    /** Returns the time of an alarm that is present. */
    long time(Alarm alarm) {
        return times[alarm.place];
    }

    /** Removes an alarm that is present. */
    void remove(Alarm alarm) {
        alarms[alarm.place] = null;
        alarm.place = Alarm.NOWHERE;
        size--;
        trim();
        if (used > MOST_PLACES * (size + LEAST)) {
            squeeze();
        }
    }

    /** Returns the alarm that is due first, or null. */
    @Nullable Alarm first() {
        while (used > 0 && alarms[0] == null) {
            used--;
            Alarm last = alarms[used];
            alarms[used] = null;
            siftDown(0, last, times[used]);
        }
        return alarms[0];
    }

    /** Returns any of the alarms, or null if there is none. */
    @Nullable Alarm any() {
        trim();
        return used == 0 ? null : alarms[used - 1];
    }

    /** Drops the empty slots at the end. */
    private void trim() {
        while (used > 0 && alarms[used - 1] == null) {
            used--;
        }
    }

    /** Drops all empty slots. */
    private void squeeze() {
        int kept = 0;
        for (int i = 0; i < used; i++) {
            Alarm alarm = alarms[i];
            if (alarm != null) {
                alarms[i] = null;
                put(kept++, alarm, times[i]);
            }
        }
        used = kept;
        for (int i = (used >>> 1) - 1; i >= 0; i--) {
            siftDown(i, alarms[i], times[i]);
        }
    }

    private void siftUp(int from, Alarm alarm, long time) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (times[parent] - time <= 0) {
                break;
            }
            put(place, alarms[parent], times[parent]);
            place = parent;
        }
        put(place, alarm, time);
    }

    private void siftDown(int from, @Nullable Alarm alarm, long time) {
        int place = from;
        for (int child; (child = 2 * place + 1) < used; ) {
            if (child + 1 < used && times[child + 1] - times[child] < 0) {
                child++;
            }
            if (time - times[child] <= 0) {
                break;
            }
            put(place, alarms[child], times[child]);
            place = child;
        }
        put(place, alarm, time);
    }

    private void put(int place, @Nullable Alarm alarm, long time) {
        alarms[place] = alarm;
        times[place] = time;
        if (alarm != null) {
            alarm.place = place;
        }
    }
}
