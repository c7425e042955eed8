package dev.pogo.samples.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pogo.samples.Eventually;
import dev.pogo.testing.NothingIsLeftBehind;
import dev.pogo.testing.RedisExtension;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The extension for its skipping: the command starts a server of its own. */
@Timeout(60)
@ExtendWith({RedisExtension.class, NothingIsLeftBehind.class})
class ClusterCommandTest {
    private static final Pattern PROCESS = Pattern.compile("host-\\d is process (\\d+)");
    private static final Pattern SUMMARY =
            Pattern.compile(
                    "(?s)Redis listens on port \\d+; host-1 is .*\n"
                        + "(host-\\d) \\(process (\\d+)\\) was killed after \\d+ ms; 3 hosts served"
                        + " before, 2 after\n"
                        + "6 tasks in \\d+ ms: (\\d) succeeded, (\\d) failed with HOST_LOST on"
                        + " (host-\\d), 0 otherwise\n"
                        + "It was known to be lost \\d+ ms after the kill: host .*; the job may"
                        + " have been done\n\n"
                        + "Jobs are sent at most once: .*\n");

    @TempDir private Path folder;

    @Test
    void oneOfThreeHosts_killedWithAJob_losesOnlyItsOwn() {
        // No host counts as lost that only is slow for four seconds.
        Program.Ended run =
                Program.run("cluster", "--jobs=6", "--threads=1", "--work=1s", "--heartbeat=2s");
        assertEquals(0, run.status(), run::toString);
        assertEquals("", run.err());
        Matcher summary = SUMMARY.matcher(run.out());
        assertTrue(summary.matches(), run::toString);
        String killed = summary.group(1);
        assertEquals(killed, summary.group(5));
        int lost = Integer.parseInt(summary.group(4));
        assertTrue(lost >= 1, run::toString);
        assertEquals(6, lost + Integer.parseInt(summary.group(3)));
        assertEquals(
                lost,
                count(
                        run.out(),
                        "page \\d +FAILED +\\d+ ms  HOST_LOST on "
                                + killed
                                + "-"
                                + summary.group(2)
                                + "-[0-9a-f]{6}"));
        assertEquals(
                6 - lost,
                count(
                        run.out(),
                        "page \\d +SUCCEEDED +\\d+ ms  by host-\\d, SHA-256 [0-9a-f]{8}\\.\\.\\."));
    }

    @Test
    void sigterm_whileJobsRun_leavesNoHost() throws Exception {
        assertEquals(143, endedWhileJobsRun(process -> process.toHandle().destroy()));
    }

    @Test
    void sigkill_whileJobsRun_leavesNoHost() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "without setpriv the Redis server would be left");
        assertEquals(137, endedWhileJobsRun(Process::destroyForcibly));
    }

    private interface End {
        void of(Process process);
    }

    /** Ends the command, waits until its hosts have ended as well, and returns its status. */
    private static int endedWhileJobsRun(End end) throws Exception {
        Process process = Program.start(Map.of(), "cluster", "--work=30s", "--heartbeat=200ms");
        try (BufferedReader out = process.inputReader()) {
            List<Long> hosts =
                    PROCESS.matcher(out.readLine())
                            .results()
                            .map((MatchResult result) -> Long.parseLong(result.group(1)))
                            .toList();
            assertEquals(3, hosts.size());
            end.of(process);
            for (long host : hosts) {
                Eventually.isTrue(() -> hasEnded(host), () -> "process " + host + " is left");
            }
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Nobody may have asked for the status of an orphan: then it is there, without a command. */
    private static boolean hasEnded(long pid) {
        return ProcessHandle.of(pid).flatMap(process -> process.info().command()).isEmpty();
    }

    @Test
    void redisServer_notInstalled_isSaidInOneLine() throws Exception {
        Process process = Program.start(Map.of("PATH", folder.toString()), "cluster");
        try (BufferedReader err = process.errorReader()) {
            assertEquals(
                    List.of(
                            "samples cluster: redis-server is not installed (Debian's package"
                                    + " redis-server)"),
                    err.lines().toList());
            assertEquals(1, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void wrongCalls_printOneLineAndExitWith2() {
        Program.assertRefused(
                "samples cluster: --jobs must be at least 1, but is 0", "cluster", "--jobs=0");
        Program.assertRefused(
                "samples cluster: --threads must be at least 1, but is -1",
                "cluster",
                "--threads=-1");
        Program.assertRefused("samples cluster: --work must be at most 1h", "cluster", "--work=2h");
        Program.assertRefused(
                "samples cluster: RemoteWorkers: heartbeat: 50 ms is not from 100ms to 1m",
                "cluster",
                "--heartbeat=50ms");
    }

    @Test
    void help_printsTheOptions() {
        Program.Ended help = Program.run("cluster", "--help");
        assertEquals(0, help.status());
        for (String option : List.of("--jobs", "--work", "--threads", "--heartbeat")) {
            assertTrue(help.out().contains(option + "="), help::toString);
        }
    }

    private static long count(String out, String line) {
        return out.lines().filter(one -> one.matches(line)).count();
    }
}
