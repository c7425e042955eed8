package dev.pogo;

import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a permit of one pool, in two orders at once: in turn between scopes and
 * first-in first-out within each, as they are to be admitted; and by age, as they expire.
 *
 * <p>Each task stands in two linked lists, its scope's {@link Lane} and the one by age; the lanes
 * that have tasks stand in a third, the round. The lane at its head is next: it gives its first
 * task and goes to the end. All links are in the tasks and lanes themselves: a waiting task costs
 * no memory here, and every step is O(1), however many tasks and scopes there are.
 *
 * <p>Not thread-safe; the pool's lock guards it and all the links.
 */
final class WaitingTasks {
    private @Nullable Task<?> oldest;
    private @Nullable Task<?> youngest;
    private @Nullable Lane next;
    private @Nullable Lane lastInRound;
    private int size;
    private int lanes;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** How many scopes have tasks here that wait for their turn, and not for a loan. */
    int lanes() {
        return lanes;
    }

    /** The task that has waited longest, or null. */
    @Nullable Task<?> oldest() {
        return oldest;
    }

    boolean contains(Task<?> task) {
        return task.older != null || task == oldest;
    }

    /** Lines the task up: behind those of its scope, whose turn comes after that of all others. */
    void add(Task<?> task) {
        Lane lane = task.lane();
        Task<?> ahead = lane.last;
        if (ahead == null) {
            lane.first = task;
            joinRound(lane);
        } else {
            ahead.behind = task;
        }
        task.ahead = ahead;
        lane.last = task;
        lane.waiting++;

        Task<?> older = youngest;
        if (older == null) {
            oldest = task;
        } else {
            older.younger = task;
        }
        task.older = older;
        youngest = task;
        size++;
    }

    /** Takes the next task to be admitted, or null. */
    @Nullable Task<?> poll() {
        Lane lane = next;
        Task<?> task = lane == null ? null : lane.first;
        if (lane == null || task == null) {
            return null;
        }
        remove(task);
        if (lane.first != null && lane != lastInRound) {
            leaveRound(lane);
            joinRound(lane);
        }
        return task;
    }

    /** Takes the task out; false if it is not here. */
    boolean remove(Task<?> task) {
        if (!contains(task)) {
            return false;
        }
        removeFromLane(task);
        removeByAge(task);
        size--;
        return true;
    }

    private void removeFromLane(Task<?> task) {
        Lane lane = task.lane();
        Task<?> ahead = task.ahead;
        Task<?> behind = task.behind;
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
        task.ahead = null;
        task.behind = null;
        lane.waiting--;
        if (lane.first == null) {
            leaveRound(lane);
        }
    }

    private void removeByAge(Task<?> task) {
        Task<?> older = task.older;
        Task<?> younger = task.younger;
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
        task.older = null;
        task.younger = null;
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
        lanes += lane.lentTo ? 0 : 1;
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
        lanes -= lane.lentTo ? 0 : 1;
    }
}
