package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

class WatchdogTest {
    /** No process has it, so that nothing is killed by it. */
    private static final long NOBODY = Integer.MAX_VALUE;

    private final List<Process> victims = new ArrayList<>();

    @AfterEach
    void endVictims() throws InterruptedException {
        for (Process victim : victims) {
            victim.destroyForcibly().waitFor();
        }
    }

    private static Watchdog watchdog() {
        return new Watchdog(new Launcher(List.of("sh"), UUID.randomUUID().toString()));
    }

    /** In a group of its own, of that number. */
    private Process victim() throws IOException {
        Process victim =
                new ProcessBuilder("setsid", "sh", "-c", "echo there; exec sleep 1000").start();
        victims.add(victim);
        assertEquals('t', victim.getInputStream().read()); // so it has its group
        return victim;
    }

    private static void signal(String what, ProcessHandle process) throws Exception {
        Process kill =
                new ProcessBuilder("sh", "-c", "kill -" + what + " " + process.pid()).start();
        assertTrue(kill.waitFor(20, TimeUnit.SECONDS));
    }

    /** The only child so far. */
    private static ProcessHandle watchdogProcess() {
        return ProcessHandle.current().children().findFirst().orElseThrow();
    }

    @Test
    void kill_ofAGroup_killsAllOfIt() throws Exception {
        try (Watchdog watchdog = watchdog()) {
            watchdog.ensureRunning();
            Process victim = victim();
            watchdog.add(victim.pid());
            watchdog.kill(victim.pid());
            assertTrue(victim.waitFor(20, TimeUnit.SECONDS), "it is not killed");
        }
    }

    @Test
    void close_aGroupIsLeft_killsAllOfIt() throws Exception {
        Process victim = victim();
        try (Watchdog watchdog = watchdog()) {
            watchdog.ensureRunning();
            watchdog.add(victim.pid());
        }
        assertTrue(victim.waitFor(20, TimeUnit.SECONDS), "it is not killed");
    }

    /** The system may have given its number to another one. */
    @Test
    void kill_ofAGroupThatIsGone_isNotPassedOn() throws Exception {
        try (Watchdog watchdog = watchdog()) {
            watchdog.ensureRunning();
            Process other = victim();
            Process last = victim();
            watchdog.add(other.pid());
            watchdog.add(last.pid());
            watchdog.remove(other.pid());
            watchdog.kill(other.pid());
            watchdog.kill(last.pid());
            assertTrue(last.waitFor(20, TimeUnit.SECONDS), "it is not killed");
            assertTrue(other.isAlive());
        }
    }

    /**
     * A watchdog that does not read keeps the thread of a monitor that writes to it, and those of
     * others wait behind that. Who wants a worker killed does not.
     */
    @Test
    void kill_whileAMonitorWritesToTheWatchdog_doesNotWaitAndIsDone() throws Exception {
        try (Watchdog watchdog = watchdog()) {
            watchdog.ensureRunning();
            ProcessHandle process = watchdogProcess();
            Process victim = victim();
            watchdog.add(victim.pid());
            signal("STOP", process);
            Thread monitor = Threads.start("monitor", () -> writeMoreThanThePipeHolds(watchdog));
            try {
                Eventually.isTrue(() -> writes(monitor));
                Thread task = Thread.startVirtualThread(() -> watchdog.kill(victim.pid()));
                assertTrue(task.join(Duration.ofSeconds(20)), "it waits");
            } finally {
                signal("CONT", process);
            }
            assertTrue(victim.waitFor(20, TimeUnit.SECONDS), "it is not killed");
            monitor.join();
            watchdog.remove(victim.pid());
        }
    }

    private static void writeMoreThanThePipeHolds(Watchdog watchdog) {
        for (int i = 0; i < 10_000; i++) {
            watchdog.add(NOBODY);
            watchdog.remove(NOBODY);
        }
    }

    /** For so long that it has to be stuck in it. */
    private static boolean writes(Thread monitor) {
        for (int i = 0; i < 100; i++) {
            StackTraceElement[] stack = monitor.getStackTrace();
            if (stack.length == 0 || !stack[0].getMethodName().equals("writeBytes")) {
                return false;
            }
        }
        return true;
    }
}
