package dev.pogo.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

@ExtendWith(NothingIsLeftBehind.class)
class ChildJvmTest {
    /**
     * Ends with the status that its argument says; if it is the name of a file, creates that and
     * waits for ever.
     */
    public static void main(String[] args) throws Exception {
        if (args[0].matches("\\d+")) {
            System.exit(Integer.parseInt(args[0]));
        }
        Files.createFile(Path.of(args[0]));
        Thread.sleep(Long.MAX_VALUE);
    }

    private static ChildJvm start(String argument) {
        return ChildJvm.start(List.of(), List.of(), ChildJvmTest.class, argument);
    }

    @Test
    void status_programExits_isItsStatus() {
        try (ChildJvm jvm = start("7")) {
            assertEquals(7, jvm.status());
            assertFalse(jvm.isAlive());
        }
    }

    @Test
    void end_running_isSigterm() throws IOException {
        Path folder = Folder.create("pogo-child");
        try (ChildJvm jvm = start(folder.resolve("begun").toString())) {
            assertTrue(Waits.reached(Waits.BOUND, () -> Files.exists(folder.resolve("begun"))));
            assertEquals(143, jvm.end());
        } finally {
            Folder.delete(folder);
        }
    }

    @Test
    void pause_untilResumed_holdsUpItsEnd() {
        try (ChildJvm jvm = start("3")) {
            jvm.pause();
            assertTrue(jvm.isAlive());
            jvm.resume();
            assertEquals(3, jvm.status());
        }
    }

    @Test
    void kill_paused_ends() {
        ChildJvm jvm = start("3");
        jvm.pause();
        jvm.kill();
        jvm.kill();
        assertEquals(137, jvm.status());
    }
}
