package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a class of the tests in a JVM of its own, for what would spoil that of the others. */
public final class ChildJvm {
    private ChildJvm() {}

    /**
     * Runs it to its end.
     *
     * @return what it and its JVM have written
     */
    public static String run(Class<?> main, List<String> options, String... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile("pogo", ".out");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        try {
            boolean ended = process.waitFor(5, TimeUnit.MINUTES);
            String written = Files.readString(out);
            assertTrue(ended, () -> "the child JVM does not end: " + written);
            assertEquals(0, process.exitValue(), written);
            return written;
        } finally {
            process.destroyForcibly().waitFor();
            Files.delete(out);
        }
    }
}
