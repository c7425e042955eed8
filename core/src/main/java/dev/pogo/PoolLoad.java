package dev.pogo;

/**
 * Load of a pool at one moment, read under its lock. These are the numbers in messages; all that a
 * caller can query is in {@link PoolStats}.
 *
 * @param size number of tasks that may run at once
 * @param running number of running tasks, see {@link PoolStats#running}
 * @param waiting number of tasks that wait for a permit
 * @param lent number of tasks that have lent their permit, see {@link PoolStats#lent}
 * @param stuck number of cancelled tasks that continue; a task that remains counted here ignores
 *     its interrupt, and keeps its permit
 */
record PoolLoad(int size, int running, int waiting, int lent, int stuck) {
    /** Returns the numbers as part of a message: "16 of 16 running, 42 waiting". */
    String words() {
        return "%d of %d running, %d waiting%s%s"
                .formatted(
                        running,
                        size,
                        waiting,
                        lent == 0 ? "" : ", " + lent + " lent",
                        stuck == 0 ? "" : ", " + stuck + " stuck");
    }
}
