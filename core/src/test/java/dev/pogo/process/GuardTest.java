package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

class GuardTest {
    private final List<Process> victims = new ArrayList<>();

    @AfterEach
    void endVictims() throws InterruptedException {
        for (Process victim : victims) {
            victim.destroyForcibly().waitFor();
        }
    }

    private static Guard guard() {
        return new Guard(new Launcher(List.of("sh"), UUID.randomUUID().toString()));
    }

    /** In a group of its own, of that number. */
    private Process victim() throws IOException {
        Process victim =
                new ProcessBuilder("setsid", "sh", "-c", "echo there; exec sleep 1000").start();
        victims.add(victim);
        assertEquals('t', victim.getInputStream().read()); // so it has its group
        return victim;
    }

    @Test
    void kill_ofAGroup_killsAllOfIt() throws Exception {
        try (Guard guard = guard()) {
            guard.ensureRunning();
            Process victim = victim();
            guard.add(victim.pid());
            guard.kill(victim.pid());
            assertTrue(victim.waitFor(20, TimeUnit.SECONDS), "it is not killed");
        }
    }

    @Test
    void close_aGroupIsLeft_killsAllOfIt() throws Exception {
        Process victim = victim();
        try (Guard guard = guard()) {
            guard.ensureRunning();
            guard.add(victim.pid());
        }
        assertTrue(victim.waitFor(20, TimeUnit.SECONDS), "it is not killed");
    }
}
