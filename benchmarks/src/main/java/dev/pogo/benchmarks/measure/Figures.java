package dev.pogo.benchmarks.measure;

/**
 * What was counted in a slice; what is spent is that of one operation.
 *
 * @param perSecond operations
 * @param p50 half of them took no longer, in microseconds
 * @param p99 likewise, 99 of 100
 * @param caller what this process spent
 * @param hosts what those spent that do the jobs
 * @param server what Redis spent
 * @param traffic what Redis did
 */
public record Figures(
        double perSecond,
        double p50,
        double p99,
        Spent caller,
        Spent hosts,
        Spent server,
        Traffic traffic) {
    /**
     * By some processes.
     *
     * @param cpuMicros CPU time, in microseconds
     * @param wakes how often a thread of theirs was woken
     */
    public record Spent(double cpuMicros, double wakes) {
        static Spent between(ProcessUse before, ProcessUse after, double operations) {
            return new Spent(
                    after.cpuMicrosSince(before) / operations,
                    after.switchesSince(before) / operations);
        }
    }
}
