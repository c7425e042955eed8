package dev.pogo;

import dev.pogo.Timer.Alarm;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Alarms by their times: a binary heap whose times stand beside it, so that to compare them touches
 * none of the alarms, which other processors use.
 *
 * <p>Most alarms are removed, and most are due later than all others when they are added. So to
 * remove one only empties its place, which moves no other; empty places go when they come to the
 * top, are the last, or outnumber the others by far. Adding and removing then cost O(1).
 *
 * <p>Not thread-safe; the timer's lock guards it and the places of its alarms.
 */
class AlarmHeap {
    private static final int LEAST = 8;

    /** So many times as many places as alarms are used at most, and some. */
    private static final int MOST_PLACES = 4;

    private long[] times = new long[LEAST];

    /** Null in a place that is empty, and in those that are not used. */
    private @Nullable Alarm[] alarms = new @Nullable Alarm[LEAST];

    /** How many places are used. */
    private int used;

    private int size;

    /** How many alarms there are. */
    int size() {
        return size;
    }

    /** Adds an alarm that is not here, for which {@link #makeRoom} has been called. */
    void add(Alarm alarm, long time) {
        size++;
        siftUp(used++, alarm, time);
    }

    /** Makes sure that one more can be added. Loses nothing if it fails for want of memory. */
    void makeRoom() {
        if (used == times.length) {
            if (used >= 2 * size) {
                squeeze();
            } else {
                long[] moreTimes = Arrays.copyOf(times, 2 * used);
                alarms = Arrays.copyOf(alarms, 2 * used);
                times = moreTimes;
            }
        }
    }

    /** The time of an alarm that is here. */
    long time(Alarm alarm) {
        return times[alarm.place];
    }

    /** Removes an alarm that is here. */
    void remove(Alarm alarm) {
        alarms[alarm.place] = null;
        alarm.place = Alarm.NOWHERE;
        size--;
        trim();
        if (used > MOST_PLACES * (size + LEAST)) {
            squeeze();
        }
    }

    /** The alarm that is due first, or null. */
    @Nullable Alarm first() {
        while (used > 0 && alarms[0] == null) {
            used--;
            Alarm last = alarms[used];
            alarms[used] = null;
            siftDown(0, last, times[used]);
        }
        return alarms[0];
    }

    /** One of the alarms; null if there is none. */
    @Nullable Alarm any() {
        trim();
        return used == 0 ? null : alarms[used - 1];
    }

    /** Does away with empty places at the end. */
    private void trim() {
        while (used > 0 && alarms[used - 1] == null) {
            used--;
        }
    }

    /** Does away with the empty places. */
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
