package dev.pogo;

/**
 * What a pool has to do at one moment, read under its lock. This is what messages tell; all that a
 * caller can ask is in {@link PoolStats}.
 *
 * @param size how many tasks may run at once
 * @param running how many tasks run, see {@link PoolStats#running}
 * @param waiting how many tasks wait for a permit
 * @param lent how many tasks have lent their permit, see {@link PoolStats#lent}
 * @param stuck how many tasks have been cancelled and go on; a task that stays here ignores its
 *     interrupt, and keeps its permit
 */
record PoolLoad(int size, int running, int waiting, int lent, int stuck) {
    /** The numbers as part of a message: "16 of 16 running, 42 waiting". */
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
