package dev.pogo.remote;

/**
 * Numbers of a queue that a host serves, since its start.
 *
 * @param queue the queue
 * @param pool the pool in which the jobs run
 * @param running the number of jobs that run
 * @param claimed the number of requests that the host has claimed
 * @param done the number of jobs that have returned
 * @param failed the number of jobs that threw, or could not be run
 * @param cancelled the number of jobs that were cancelled
 * @param expired the number of requests whose time was over, before the job or while it ran
 * @param notAllowed the number of requests that were refused because their job class is not on the
 *     host's allow-list
 * @param malformed the number of requests that were refused because they cannot be understood
 * @param tooLarge the number of requests that were refused because they are larger than {@code
 *     max_payload}
 * @param unheard the number of answers that nobody waited for any more, or that could not be sent
 */
public record HostStats(
        String queue,
        String pool,
        int running,
        long claimed,
        long done,
        long failed,
        long cancelled,
        long expired,
        long notAllowed,
        long malformed,
        long tooLarge,
        long unheard) {}
