package dev.pogo.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The quick start of a module's README, for tests that run it as it stands there but for Maven, the
 * folder, the port of Redis and the jar: the test's class path takes the place of {@code
 * samples.jar}.
 */
public final class QuickStart {
    private static final Pattern BLOCK = Pattern.compile("(?s)```bash\n(.*?)```");
    private static final int BOUND_SECONDS = 60;

    private final RedisServer server;
    private final Path folder;

    /**
     * Creates one that is to be run.
     *
     * @param server takes the place of the server on port 6379
     * @param folder takes the place of {@code target/quick-start}
     */
    public QuickStart(RedisServer server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    /**
     * Returns the blocks of a README that are for bash.
     *
     * @param readme the file
     * @return the text of each block
     * @throws IOException if it cannot be read
     */
    public static List<String> blocks(Path readme) throws IOException {
        return BLOCK.matcher(Files.readString(readme))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /**
     * Runs a block, which must succeed within a minute.
     *
     * @param block the text
     * @return what it has printed, errors included
     * @throws IOException if bash cannot be started
     * @throws InterruptedException if the calling thread is interrupted
     */
    public String run(String block) throws IOException, InterruptedException {
        String script =
                block.replaceAll("mvn [^\n]*\n", "")
                        .replace("target/quick-start", folder.toString())
                        .replace(":6379", ":" + server.port())
                        .replace(
                                "../../samples/target/samples.jar",
                                System.getProperty("java.class.path"));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(List.of("bash", "-euc", script))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment()
                .compute(
                        "PATH",
                        (name, path) ->
                                Path.of(System.getProperty("java.home"), "bin") + ":" + path);
        Process process = builder.start();
        assertTrue(process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS));
        String printed = Files.readString(output);
        assertEquals(0, process.exitValue(), printed);
        return printed;
    }
}
