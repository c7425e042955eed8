package dev.pogo.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What processes have used until now, as Linux has it.
 *
 * @param cpuMicros CPU time, in steps of 10 ms
 * @param switches how often each thread has waited for something, by its id
 */
record ProcessUse(double cpuMicros, Map<Long, Long> switches) {
    /** {@code USER_HZ}, which is 100 on all usual machines. */
    private static final double MICROS_PER_TICK = 10_000;

    private static final String VOLUNTARY = "voluntary_ctxt_switches:";

    static ProcessUse of(Collection<Long> pids) {
        double micros = 0;
        Map<Long, Long> switches = new HashMap<>();
        try {
            for (long pid : pids) {
                Path folder = Path.of("/proc", Long.toString(pid));
                micros += cpuMicros(Files.readString(folder.resolve("stat")));
                addSwitches(folder.resolve("task"), switches);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProcessUse(micros, switches);
    }

    /** Of the text in {@code /proc/PID/stat}. */
    static double cpuMicros(String stat) {
        // The name of the program, in parentheses, may have blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
    }

    private static void addSwitches(Path tasks, Map<Long, Long> switches) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                try {
                    long count = switches(Files.readString(thread.resolve("status")));
                    switches.put(Long.valueOf(thread.getFileName().toString()), count);
                } catch (NoSuchFileException e) {
                    // It has ended.
                    switches.remove(Long.valueOf(thread.getFileName().toString()));
                }
            }
        }
    }

    /** Of the text in {@code /proc/PID/task/TID/status}. */
    static long switches(String status) {
        return status.lines()
                .filter(line -> line.startsWith(VOLUNTARY))
                .mapToLong(line -> Long.parseLong(line.substring(VOLUNTARY.length()).strip()))
                .findFirst()
                .orElse(0);
    }

    double cpuMicrosSince(ProcessUse before) {
        return cpuMicros - before.cpuMicros;
    }

    /** Without those of threads that have ended in between. */
    double switchesSince(ProcessUse before) {
        return switches.entrySet().stream()
                .mapToDouble(entry ->
                        entry.getValue() - before.switches.getOrDefault(entry.getKey(), 0L))
                .sum();
    }
}
