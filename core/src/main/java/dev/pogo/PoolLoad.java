package dev.pogo;

import java.io.Serial;
import java.io.Serializable;

/**
 * The load of a pool at one moment, as carried by the exceptions about its tasks. What else is
 * known of a pool is in {@link PoolStats}.
 *
 * @param size the number of tasks that may run at once
 * @param running the number of running tasks, see {@link PoolStats#running}
 * @param waiting the number of tasks that wait for a permit
 * @param lent the number of tasks that have lent their permit, see {@link PoolStats#lent}
 * @param stuck the number of cancelled tasks that continue, see {@link PoolStats#stuck}
 */
public record PoolLoad(int size, int running, int waiting, int lent, int stuck)
        implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    /**
     * Returns the numbers as part of a message.
     *
     * @return a text such as "16 of 16 running, 42 waiting"
     */
    @Override
    public String toString() {
        return "%d of %d running, %d waiting%s%s"
                .formatted(
                        running,
                        size,
                        waiting,
                        lent == 0 ? "" : ", " + lent + " lent",
                        stuck == 0 ? "" : ", " + stuck + " stuck");
    }
}
