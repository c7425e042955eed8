package dev.pogo.engine;

/**
 * The tasks that a scope no longer keeps, although it is open: those of the items of a {@link
 * Mapping} that have succeeded. The first of them stands in the list of the scope's tasks at the
 * places of all. It has ended, so whoever goes through the list passes over it like over any other.
 */
final class DismissedTasks {
    final TaskImpl<?> first;

    /** The places at which dismissed tasks may be: from the first to the last. */
    private int from = Integer.MAX_VALUE;

    private int to = -1;

    DismissedTasks(TaskImpl<?> first) {
        this.first = first;
    }

    void add(int place) {
        from = Math.min(from, place);
        to = Math.max(to, place);
    }

    /** Returns the first place at which there may be one. */
    int from() {
        return from;
    }

    /** Returns the last place at which there may be one. */
    int to() {
        return to;
    }
}
