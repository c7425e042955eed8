package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;

import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;

class ProcessTreeTest {
    /** A worker that has exited must not be said to have closed its pipes and gone on. */
    @Test
    void isExiting_processThatNobodyHasWaitedFor_isTrueAsOfOneThatIsGone()
            throws IOException, InterruptedException {
        // The shell becomes another program, which does not know that it has a child.
        Process parent = new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; exec cat").start();
        Writer in = parent.outputWriter();
        try (BufferedReader out = parent.inputReader()) {
            long child = Long.parseLong(out.readLine());
            in.write("are you another program?\n");
            in.flush();
            assertEquals("are you another program?", out.readLine());
            assertTrue(Workers.exists(child));
            assertFalse(ProcessTree.isExiting(child), "it waits");
            Workers.kill(child);
            Eventually.isTrue(() -> !Workers.runs(child));
            assertTrue(Workers.exists(child), "its parent does not wait for it");
            assertTrue(ProcessTree.isExiting(child));
            in.close();
            assertEquals(0, parent.waitFor());
        } finally {
            parent.destroyForcibly();
        }
        assertTrue(ProcessTree.isExiting(parent.pid()));
        assertFalse(ProcessTree.isExiting(ProcessHandle.current().pid()));
    }
}
