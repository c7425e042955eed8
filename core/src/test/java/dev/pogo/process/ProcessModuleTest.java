package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.Messages;
import dev.pogo.ModuleProgram;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Worker processes of a program that is a module, with nothing beside it but what Pogo needs. */
class ProcessModuleTest {
    /** Runs a job by its name, with the number 100. */
    private static final String BY_NAME =
            """
            package acme;
            import dev.pogo.*;
            import java.time.Duration;
            class ByName {
                public static void main(String[] args) throws InterruptedException {
                    String config = args[0];
                    String job = args[1];
                    try (var runtime = PogoRuntime.start(PogoConfig.parse(config));
                            var scope = runtime.open()) {
                        System.out.print(
                                scope.spawn("far", job, 100).await(Duration.ofSeconds(30)));
                    }
                }
            }
            """;

    /** Compares what its job finds in the worker with what it finds here. */
    private static final String COMPARISON =
            """
            package acme;
            import acme.jobs.Look;
            import dev.pogo.*;
            import java.time.Duration;
            class Comparison {
                public static void main(String[] args) throws InterruptedException {
                    Look.Found here = new Look().handle(new Look.At(1));
                    try (var runtime = PogoRuntime.start(PogoConfig.parse(args[0]));
                            var scope = runtime.open()) {
                        Look.Found there =
                                scope.spawn("far", Look.class, new Look.At(2))
                                        .await(Duration.ofSeconds(30));
                        System.out.print(there.where().equals(here.where()) ? "same" : there);
                        System.out.print(there.pid() == here.pid() ? " process" : ", elsewhere");
                    } catch (InvalidPayloadException e) {
                        System.out.print(e.getMessage());
                    }
                }
            }
            """;

    /** The records are to be read by Jackson, so their package has to be open or exported to it. */
    private static final String LOOK =
            """
            package acme.jobs;
            import dev.pogo.Job;
            import java.util.*;
            public final class Look implements Job<Look.At, Look.Found> {
                public record At(int number) {}
                public record Found(long pid, List<String> where) {}
                @Override
                public Found handle(At args) {
                    List<String> where = new ArrayList<>();
                    ModuleLayer.boot().modules().forEach(module -> where.add(module.getName()));
                    Collections.sort(where);
                    where.add(Look.class.getModule().getName());
                    where.add(System.getProperty("java.class.path"));
                    where.add(String.valueOf(Look.class.getResource("/beside.txt")));
                    return new Found(ProcessHandle.current().pid(), where);
                }
            }
            """;

    /** A job class need not know Pogo. */
    private static final String TWICE =
            """
            package acme.jobs;
            public final class Twice {
                public int handle(int n) {
                    return 2 * n;
                }
            }
            """;

    private static final String JVM_WORKERS =
            """
            { "jobs": ["acme.jobs.*"], "num_threads": 1,
              "pools": { "far": { "num_threads": 1, "worker": { "jvm": true } } } }
            """;

    @TempDir private Path folder;

    private ModuleProgram program(String directives) throws IOException {
        return new ModuleProgram(
                folder.resolve("program"),
                directives,
                Map.of(
                        "acme/ByName.java", BY_NAME,
                        "acme/Comparison.java", COMPARISON,
                        "acme/jobs/Look.java", LOOK,
                        "acme/jobs/Twice.java", TWICE));
    }

    @Test
    void module_withACommandAsWorker_runsItsJobs() throws Exception {
        List<String> command = Workers.sample().command();
        String config =
                """
                { "jobs": ["primes"], "num_threads": 1,
                  "pools": { "far": { "num_threads": 1, "worker": { "command": ["%s"] } } } }
                """
                        .formatted(String.join("\", \"", command));
        assertEquals(
                "25",
                program("")
                        .run(List.of("--limit-modules", "acme"), "acme.ByName", config, "primes"));
    }

    @Test
    void module_withJvmsAsWorkers_runsJobClassesThere() throws Exception {
        ModuleProgram program = program("exports acme.jobs;");
        assertEquals("same, elsewhere", program.run(List.of(), "acme.Comparison", JVM_WORKERS));
        assertEquals("200", program.run(List.of(), "acme.ByName", JVM_WORKERS, "acme.jobs.Twice"));
    }

    @Test
    void module_openToPogoAndJacksonOnly_runsJobClassesInJvms() throws Exception {
        ModuleProgram program =
                program("opens acme.jobs to dev.pogo, com.fasterxml.jackson.databind;");
        assertEquals("same, elsewhere", program.run(List.of(), "acme.Comparison", JVM_WORKERS));
    }

    @Test
    void module_thatExportsNothing_isToldWhatIsMissing() throws Exception {
        Messages.assertContains(
                "a acme.jobs.Look$At is not a JSON value, as its package is neither exported nor"
                        + " open to the module com.fasterxml.jackson.databind",
                program("").run(List.of(), "acme.Comparison", JVM_WORKERS));
    }

    @Test
    void module_withAClassPathBesideIt_hasItInItsJvmsAsWell() throws Exception {
        Path beside = Files.createDirectory(folder.resolve("beside"));
        Files.writeString(beside.resolve("beside.txt"), "");
        assertEquals(
                "same, elsewhere",
                program("exports acme.jobs;")
                        .run(
                                List.of("--class-path", beside.toString()),
                                "acme.Comparison",
                                JVM_WORKERS));
    }

    /** Found in the environment by each JVM, so here and in the worker. */
    @Test
    void jvmWorker_withTheLeastOfModules_works() throws Exception {
        ModuleProgram program = program("exports acme.jobs;");
        program.setVariable("JDK_JAVA_OPTIONS", "--limit-modules acme");
        assertEquals("same, elsewhere", program.run(List.of(), "acme.Comparison", JVM_WORKERS));
    }

    @Test
    void jvmWorker_moduleOnThePathThatCannotBeResolved_isNotAskedFor() throws Exception {
        ModuleProgram program = program("exports acme.jobs;");
        Path missing =
                program.addModule("missing", Map.of("module-info.java", "module missing {}"));
        program.addModule(
                "broken", Map.of("module-info.java", "module broken { requires missing; }"));
        Files.delete(missing.resolve("module-info.class"));
        assertEquals("same, elsewhere", program.run(List.of(), "acme.Comparison", JVM_WORKERS));
    }
}
