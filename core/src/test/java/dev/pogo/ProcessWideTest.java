package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * The process-wide runtime: where its configuration comes from, and rule 15. Each case needs a JVM
 * in which Pogo has not been used, so each runs {@link Child} in one of its own.
 */
class ProcessWideTest {
    @TempDir private Path folder;

    @Test
    void configuration_nothingGiven_isTheDefaults() throws Exception {
        int expected = 2 * Runtime.getRuntime().availableProcessors();
        assertEquals("size " + expected, run(List.of(), null, "size"));
    }

    @Test
    void configuration_eachPlace_countsBeforeTheNext() throws Exception {
        Path onClassPath = Files.createDirectory(folder.resolve("classes"));
        Files.writeString(onClassPath.resolve("pogo.json"), "{\"num_threads\": 11}");
        assertEquals("size 11", run(List.of(), null, "size"));
        Files.writeString(folder.resolve("pogo.json"), "{\"num_threads\": 12}");
        assertEquals("size 12", run(List.of(), null, "size"));
        Path named = Files.writeString(folder.resolve("env.json"), "{\"num_threads\": 13}");
        assertEquals("size 13", run(List.of(), named.toString(), "size"));
        Files.writeString(folder.resolve("property.json"), "{\"num_threads\": 14}");
        List<String> property = List.of("-Dpogo.config=property.json");
        assertEquals("size 14", run(property, named.toString(), "size"));
    }

    @Test
    void configuration_jarOnTheClassPath_isFoundAndNamed() throws Exception {
        Path jar = folder.resolve("conf.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            add(out, "pogo.json", "{\"num_threads\": 15}");
            add(out, "conf/pogo.json", "{\"num_threads\": 16}");
        }
        String source = "jar:" + jar.toUri().toURL() + "!/";
        assertEquals("15 from " + source + "pogo.json", run(List.of(), null, "source"));
        assertEquals(
                "16 from " + source + "conf/pogo.json, named by environment variable POGO_CONFIG",
                run(List.of(), "classpath:conf/pogo.json", "source"));
        assertEquals(
                "16 from " + source + "conf/pogo.json, named by system property pogo.config",
                run(List.of("-Dpogo.config=classpath:/conf/pogo.json"), "none", "source"));
        Files.writeString(folder.resolve("pogo.json"), "{\"num_threads\": 12}");
        assertEquals("12 from ./pogo.json", run(List.of(), null, "source"));
    }

    private static void add(JarOutputStream out, String name, String text) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
    }

    @Test
    void configuration_namedFileMissing_isRefusedEachTime() throws Exception {
        assertEquals(
                "none.json, named by system property pogo.config: there is no such file".repeat(2),
                run(List.of("-Dpogo.config=none.json"), null, "twice"));
        assertEquals(
                "environment variable POGO_CONFIG: \" \" is not a file name".repeat(2),
                run(List.of(), " ", "twice"));
        assertEquals(
                ("classpath:conf/pogo.json, named by environment variable POGO_CONFIG: there is no"
                                + " such resource on the class path")
                        .repeat(2),
                run(List.of(), "classpath:conf/pogo.json", "twice"));
    }

    @Test
    void configure_beforeAndAfterTheFirstUse_worksAndIsRefused() throws Exception {
        Files.writeString(folder.resolve("pogo.json"), "{\"num_threads\": 12}");
        assertEquals(
                "size 5; Pogo is already in use; configure it before the first use",
                run(List.of(), null, "configure"));
    }

    @Test
    void threads_hangingTasksAndNoClose_doNotKeepTheJvmAlive() throws Exception {
        assertEquals("left hanging", run(List.of(), null, "hang"));
    }

    @Test
    void threads_nothingPending_areNone() throws Exception {
        assertEquals("threads 0, 1, 0", run(List.of(), null, "threads"));
    }

    @Test
    void door_used_isTheProcessWideRuntime() throws InterruptedException {
        assertEquals(Pogo.poolSize(), Pogo.runtime().pool("default").size());
        assertEquals(Pogo.poolSize(), Pogo.poolSize("default"));
        assertThrows(UnknownPoolException.class, () -> Pogo.poolSize("none"));
        assertTrue(Pogo.version().matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"), Pogo.version());
        try (PogoScope scope = Pogo.open()) {
            assertEquals(1, scope.spawn(() -> 1).await());
        }
    }

    /** What the child prints on its standard output, in the test's folder. */
    private String run(List<String> options, @Nullable String pogoConfig, String what)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(
                String.join(
                        File.pathSeparator,
                        folder.resolve("classes").toString(),
                        folder.resolve("conf.jar").toString(),
                        System.getProperty("java.class.path")));
        command.add(Child.class.getName());
        command.add(what);
        Path out = folder.resolve("out.txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().remove("POGO_CONFIG");
        if (pogoConfig != null) {
            builder.environment().put("POGO_CONFIG", pogoConfig);
        }
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the child JVM does not end");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }

    static final class Child {
        private Child() {}

        public static void main(String[] args) throws InterruptedException {
            switch (args[0]) {
                case "size" -> System.out.print("size " + Pogo.poolSize());
                case "source" -> {
                    PogoConfig found = PogoConfig.find();
                    assertEquals(found.pools().getFirst().numThreads(), Pogo.poolSize());
                    System.out.print(Pogo.poolSize() + " from " + found.source());
                }
                case "twice" -> {
                    for (int i = 0; i < 2; i++) {
                        System.out.print(
                                assertThrows(InvalidConfigException.class, Pogo::open)
                                        .getMessage());
                    }
                }
                case "configure" -> {
                    PoolConfig pool = PoolConfig.named("default").withNumThreads(5);
                    PogoConfig config = PogoConfig.defaults().withPool(pool);
                    Pogo.configure(PogoConfig.defaults());
                    Pogo.configure(config);
                    System.out.print("size " + Pogo.poolSize() + "; ");
                    System.out.print(
                            assertThrows(IllegalStateException.class, () -> Pogo.configure(config))
                                    .getMessage());
                }
                case "hang" -> {
                    PogoScope scope = Pogo.open(Duration.ofHours(1));
                    for (int i = 0; i < 100; i++) {
                        scope.spawn(() -> new CountDownLatch(1).await(1, TimeUnit.HOURS));
                    }
                    assertFalse(scope.toString().isEmpty());
                    System.out.print("left hanging");
                }
                case "threads" -> threads();
                default -> throw new IllegalArgumentException(args[0]);
            }
        }

        private static void threads() throws InterruptedException {
            PogoRuntime runtime = Pogo.runtime();
            System.out.print("threads " + pogoThreads());
            try (PogoScope scope = runtime.open(Duration.ofMinutes(1))) {
                scope.spawn(() -> 1).await();
                System.out.print(", " + pogoThreads());
            }
            Eventually.isTrue(() -> pogoThreads() == 0);
            System.out.print(", " + pogoThreads());
        }

        /** Without the carriers, which are the JDK's. */
        private static long pogoThreads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("pogo"))
                    .count();
        }
    }
}
