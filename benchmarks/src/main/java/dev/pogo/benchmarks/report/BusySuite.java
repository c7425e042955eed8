package dev.pogo.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;

import dev.pogo.benchmarks.busy.Busy;
import dev.pogo.benchmarks.contenders.BusyContender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Runs {@link Busy} for each of its rows, in a JVM of its own; what takes too long is ended. */
final class BusySuite {
    /** A row takes little more than one. */
    private static final int LIMIT_MINUTES = 5;

    /** No process has this status by itself. */
    private static final int ENDED = -1;

    private final ArrayNode runs = new ObjectMapper().createArrayNode();
    private final boolean excluded;

    /**
     * All of it or nothing.
     *
     * @param only a regular expression, as {@link Suite} has it
     */
    BusySuite(Pattern only) {
        excluded = !only.matcher(Busy.NAME).find();
    }

    /** Every contender for a moment; throws if one of them does not work. */
    void check() throws IOException, InterruptedException {
        BusyRow row = BusyRow.FEW;
        if (!run(row, row.contenders(), "--warm-up", "200", "--rounds", "1", "--slice", "100")) {
            throw new IllegalStateException("a contender has failed, see above");
        }
    }

    /** Everything; a row or a contender that fails has no figures. */
    void all(int rounds) throws IOException, InterruptedException {
        for (BusyRow row : BusyRow.ALL) {
            run(row, row.contenders(), "--rounds", Integer.toString(rounds));
        }
    }

    /** False if a contender has failed, or nothing could be measured at all. */
    boolean run(BusyRow row, List<BusyContender> contenders, String... more)
            throws IOException, InterruptedException {
        if (excluded) {
            return true;
        }
        System.out.println("\n# Busy: " + row.label());
        Path json = Files.createTempFile("busy", ".json");
        Path printed = Files.createTempFile("busy", ".txt");
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(
                    List.of("--enable-preview", "-cp", System.getProperty("java.class.path")));
            command.addAll(row.command());
            contenders.forEach(
                    contender -> command.addAll(List.of("--contenders", contender.name())));
            command.addAll(List.of("--json", json.toString()));
            command.addAll(List.of(more));
            int status =
                    status(
                            new ProcessBuilder(command)
                                    .redirectErrorStream(true)
                                    .redirectOutput(printed.toFile())
                                    .start());
            System.out.println(Files.readString(printed).stripTrailing());
            if (status == ENDED) {
                System.out.println("It was ended after " + LIMIT_MINUTES + " minutes.");
            } else if (Files.size(json) > 0) {
                new ObjectMapper().readTree(json.toFile()).forEach(runs::add);
            }
            return status == 0;
        } finally {
            Files.delete(json);
            Files.delete(printed);
        }
    }

    private static int status(Process process) throws InterruptedException {
        try {
            return process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) ? process.exitValue() : ENDED;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** As JMH writes it. */
    String json() {
        return runs.toString();
    }
}
