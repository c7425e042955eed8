package dev.pogo;

/**
 * A pool's numbers at one moment, read together.
 *
 * @param size how many tasks may run at once
 * @param running how many permits are taken, also by cancelled tasks that have not ended yet
 * @param waiting how many tasks wait for a permit
 */
public record PoolStats(int size, int running, int waiting) {
    /** The numbers as part of a message: "16 of 16 running, 42 waiting". */
    String words() {
        return running + " of " + size + " running, " + waiting + " waiting";
    }
}
