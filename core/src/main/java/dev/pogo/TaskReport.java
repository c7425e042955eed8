package dev.pogo;

import java.time.Duration;
import java.util.Optional;

/**
 * Report on one task, as part of a {@link ScopeReport}. Times count from the scope's first {@code
 * spawn}.
 *
 * @param id the task's number
 * @param name its name
 * @param pool the name of its pool
 * @param spawned when it was spawned
 * @param waited how long it waited for a permit and its thread, or has so far
 * @param ran how long its work ran, or has so far; zero if it never started
 * @param state its state
 * @param cancelReason why it was cancelled; empty if it was not
 */
public record TaskReport(
        long id,
        String name,
        String pool,
        Duration spawned,
        Duration waited,
        Duration ran,
        Task.State state,
        Optional<CancelReason> cancelReason) {
    /**
     * Returns when the work started, or would start now.
     *
     * @return the time from the scope's first spawn
     */
    public Duration started() {
        return spawned.plus(waited);
    }

    /**
     * Returns when the work ended, or the time of the report if it has not; if it never started,
     * when the task had its outcome.
     *
     * @return the time from the scope's first spawn
     */
    public Duration ended() {
        return started().plus(ran);
    }

    /**
     * Returns the name followed by the id, unless it ends with the id already: {@code
     * FetchStock#17}.
     *
     * @return a label that distinguishes the task from others of the same name
     */
    public String label() {
        String number = "#" + id;
        return name.endsWith(number) ? name : name + number;
    }
}
