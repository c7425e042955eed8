package dev.pogo.engine;

import java.util.BitSet;

/**
 * The tasks that a scope no longer keeps, although it is open: those of the items of a {@link
 * Mapping} that have succeeded. The first of them stands in the list of the scope's tasks at the
 * places of all. It has ended, so whoever goes through the list passes over it like over any other.
 *
 * <p>Not thread-safe; guarded by the lock of the scope's tasks.
 */
final class DismissedTasks {
    final TaskImpl<?> first;

    /** The places at which there is none of the scope's other tasks. */
    private final BitSet places = new BitSet();

    /** Id of the first task of the scope; 0 while that task is kept. */
    private long firstId;

    DismissedTasks(TaskImpl<?> first) {
        this.first = first;
    }

    void add(TaskImpl<?> task, int place) {
        places.set(place);
        if (place == 0) {
            firstId = task.id();
        }
    }

    /** Returns the first place from the given one on at which there is a task that is kept. */
    int nextKept(int place) {
        return places.nextClearBit(place);
    }

    /** Returns the id of the first task of the scope; 0 if that task is kept. */
    long firstId() {
        return firstId;
    }
}
