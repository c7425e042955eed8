package dev.pogo.remote;

import java.time.Duration;

/**
 * Numbers of a pool whose jobs run on other machines. The counts are since the start of the
 * runtime. The number of hosts and the length of the queue are those of the last heartbeat.
 *
 * @param hosts the number of hosts that serve the queue
 * @param queued the number of requests in the queue, of all callers; ids of requests that were
 *     withdrawn are counted until a host or a heartbeat drops them
 * @param inFlight the number of requests of this pool that wait for a host or for its answer
 * @param sent the number of requests that were sent
 * @param answered the number of jobs that hosts have run and answered, whether they returned or
 *     threw
 * @param refused the number of requests that hosts have refused
 * @param unclaimed the number of requests that no host claimed within {@code claim_timeout}
 * @param cancelled the number of requests whose task was cancelled
 * @param lost the number of requests whose outcome is unknown, because their host, Redis or the
 *     answer was lost
 * @param notSent the number of requests that could not be sent
 * @param roundTrips how long answered requests took altogether, from the request to the answer
 * @param longestRoundTrip the longest of them
 */
public record RemoteStats(
        int hosts,
        long queued,
        int inFlight,
        long sent,
        long answered,
        long refused,
        long unclaimed,
        long cancelled,
        long lost,
        long notSent,
        Duration roundTrips,
        Duration longestRoundTrip) {
    static RemoteStats of(RemoteCounters counters, int inFlight) {
        return new RemoteStats(
                counters.hosts.intValue(),
                counters.queued.get(),
                inFlight,
                counters.sent.sum(),
                counters.answered.sum(),
                counters.refused.sum(),
                counters.unclaimed.sum(),
                counters.cancelled.sum(),
                counters.lost.sum(),
                counters.notSent.sum(),
                Duration.ofNanos(counters.roundTripNanos.sum()),
                Duration.ofNanos(counters.longestRoundTrip.get()));
    }
}
