package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a permit of one pool, in two orders at once: in turn between scopes and
 * first-in first-out within each, as they are to be admitted; and by age, as they expire.
 *
 * <p>Each task's place stands in two linked lists, its scope's {@link Lane} and the one by age; the
 * lanes that have tasks stand in a third, the round. The lane at its head is next: it gives its
 * first task and goes to the end. All links are in the {@link Place}s of the tasks and the lanes
 * themselves: so every step is O(1), however many tasks and scopes there are, and none but the
 * making of a place, which comes before, needs memory and could fail for want of it.
 *
 * <p>Not thread-safe; the pool's lock guards it and all the links.
 */
final class WaitingTasks {
    private @Nullable Place oldest;
    private @Nullable Place youngest;
    private @Nullable Lane next;
    private @Nullable Lane lastInRound;
    private int size;
    private int peakSize;
    private int lanes;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int peakSize() {
        return peakSize;
    }

    /** How many scopes have tasks here that wait for their turn, and not for a loan. */
    int lanes() {
        return lanes;
    }

    /** Of the task that has waited longest, or null. */
    @Nullable Place oldest() {
        return oldest;
    }

    boolean contains(Place place) {
        return place.older != null || place == oldest;
    }

    /** Lines the task up: behind those of its scope, whose turn comes after that of all others. */
    void add(Place place) {
        Lane lane = place.task.lane();
        Place ahead = lane.last;
        if (ahead == null) {
            lane.first = place;
            joinRound(lane);
        } else {
            ahead.behind = place;
        }
        place.ahead = ahead;
        lane.last = place;
        lane.waiting++;

        Place older = youngest;
        if (older == null) {
            oldest = place;
        } else {
            older.younger = place;
        }
        place.older = older;
        youngest = place;
        size++;
        peakSize = Math.max(peakSize, size);
    }

    /** Takes out the place of the next task to be admitted; null if there is none. */
    @Nullable Place poll() {
        Lane lane = next;
        Place place = lane == null ? null : lane.first;
        if (lane == null || place == null) {
            return null;
        }
        remove(place);
        if (lane.first != null && lane != lastInRound) {
            leaveRound(lane);
            joinRound(lane);
        }
        return place;
    }

    /** Takes the task out; false if it is not here. */
    boolean remove(Place place) {
        if (!contains(place)) {
            return false;
        }
        removeFromLane(place);
        removeByAge(place);
        size--;
        return true;
    }

    private void removeFromLane(Place place) {
        Lane lane = place.task.lane();
        Place ahead = place.ahead;
        Place behind = place.behind;
        if (ahead == null) {
            lane.first = behind;
        } else {
            ahead.behind = behind;
        }
        if (behind == null) {
            lane.last = ahead;
        } else {
            behind.ahead = ahead;
        }
        place.ahead = null;
        place.behind = null;
        lane.waiting--;
        if (lane.first == null) {
            leaveRound(lane);
        }
    }

    private void removeByAge(Place place) {
        Place older = place.older;
        Place younger = place.younger;
        if (older == null) {
            oldest = younger;
        } else {
            older.younger = younger;
        }
        if (younger == null) {
            youngest = older;
        } else {
            younger.older = older;
        }
        place.older = null;
        place.younger = null;
    }

    private void joinRound(Lane lane) {
        Lane before = lastInRound;
        if (before == null) {
            next = lane;
        } else {
            before.after = lane;
        }
        lane.before = before;
        lastInRound = lane;
        lanes += lane.lentTo() ? 0 : 1;
    }

    private void leaveRound(Lane lane) {
        Lane before = lane.before;
        Lane after = lane.after;
        if (before == null) {
            next = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            lastInRound = before;
        } else {
            after.before = before;
        }
        lane.before = null;
        lane.after = null;
        lanes -= lane.lentTo() ? 0 : 1;
    }
}
