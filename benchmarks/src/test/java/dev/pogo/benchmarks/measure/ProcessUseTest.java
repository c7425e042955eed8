package dev.pogo.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.util.Map;
import java.util.Set;

class ProcessUseTest {
    @Test
    void cpuMicros_nameHasBlanksAndParentheses_addsUserAndSystemTime() {
        String stat = "4711 (a (b) c) S 1 2 3 0 -1 4194560 10 0 0 0 250 50 7 8 20 0 9 0 100";
        assertEquals(3_000_000, ProcessUse.cpuMicros(stat));
    }

    @Test
    void switches_ofAThread_areTheVoluntaryOnes() {
        String status =
                "Name:\tmain\nvoluntary_ctxt_switches:\t42\nnonvoluntary_ctxt_switches:\t7\n";
        assertEquals(42, ProcessUse.switches(status));
    }

    @Test
    void switchesSince_oneThreadHasEndedAndOneHasBegun_countsThoseThatAreThere() {
        ProcessUse before = new ProcessUse(0, Map.of(1L, 100L, 2L, 1_000L));
        ProcessUse after = new ProcessUse(0, Map.of(1L, 130L, 3L, 5L));
        assertEquals(35, after.switchesSince(before));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void of_thisProcess_hasThreads() {
        assertTrue(ProcessUse.of(Set.of(ProcessHandle.current().pid())).switches().size() > 1);
    }
}
