package dev.pogo.benchmarks.redis;

/**
 * What was counted in a slice.
 *
 * @param perSecond commands
 * @param clientMicros CPU time of this process for a command, in microseconds
 * @param serverMicros CPU time of the server for a command, in microseconds
 * @param bytes allocated for a command
 */
record Figures(double perSecond, double clientMicros, double serverMicros, double bytes) {}
