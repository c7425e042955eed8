package dev.pogo.benchmarks.busy;

/**
 * What was counted in a slice.
 *
 * @param cpuMicros CPU time of the process for a request, in microseconds
 * @param requestsPerSecond how many requests ended
 */
record Cost(double cpuMicros, double requestsPerSecond) {}
