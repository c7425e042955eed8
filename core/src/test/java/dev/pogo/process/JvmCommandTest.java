package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.InvalidConfigException;
import dev.pogo.Job;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM like this one, where the classes are not simply on this JVM's class path. */
class JvmCommandTest {
    private static final String CONFIG =
            """
            { "num_threads": 1,
              "pools": { "far": { "num_threads": 1, "worker": { "jvm": true } } } }
            """;

    @TempDir private Path folder;

    /** A program that asks a worker JVM how it was started. */
    public static final class Program {
        private Program() {}

        public static void main(String[] args) throws InterruptedException {
            try (PogoRuntime runtime = PogoRuntime.start(PogoConfig.parse(CONFIG));
                    PogoScope scope = runtime.open()) {
                long here = ProcessHandle.current().pid();
                System.out.print(scope.spawn("far", Look.class, here).await(Workers.LONG));
            } catch (InvalidConfigException e) {
                System.out.print(e.getMessage());
            }
        }
    }

    /** Says how its JVM was started. */
    public static final class Look implements Job<Long, List<String>> {
        @Override
        public List<String> handle(Long other) {
            return List.of(
                    ProcessHandle.current().pid() == other ? "the same process" : "elsewhere",
                    "" + System.getProperty("loader.main"),
                    "" + System.getProperty("loader.path"),
                    Look.class.getClassLoader().getClass().getName());
        }
    }

    @Test
    void jvm_inSpringBootsExecutableJar_findsTheSameClasses() throws Exception {
        assertEquals(
                "[elsewhere, dev.pogo.process.JvmWorker, null,"
                        + " org.springframework.boot.loader.launch.LaunchedClassLoader]",
                new PackedProgram(folder, "BOOT-INF", Program.class).run());
    }

    @Test
    void jvm_launcherOfThisJvmToldMore_isToldTheSameButAnotherClass() throws Exception {
        assertEquals(
                "[elsewhere, dev.pogo.process.JvmWorker, plug ins,"
                        + " org.springframework.boot.loader.launch.LaunchedClassLoader]",
                new PackedProgram(folder, "BOOT-INF", Program.class)
                        .run("-Dloader.path=plug ins", "-Dloader.main=com.acme.Other"));
    }

    /** The launcher of chosen classes looks elsewhere in a war. */
    @Test
    void jvm_inSpringBootsWar_isRefusedWithPlaceAndWayOut() throws Exception {
        String refusal = new PackedProgram(folder, "WEB-INF", Program.class).run();
        Messages.assertContains(
                "JSON text: pools.far.worker.jvm: true needs Pogo on this JVM's class path or"
                        + " module path, or in Spring Boot's executable jar, but it was loaded by"
                        + " org.springframework.boot.loader.launch.LaunchedClassLoader",
                refusal);
        Messages.assertContains("[\"java\", \"-cp\", ", refusal);
        Messages.assertContains("\"dev.pogo.process.JvmWorker\"]", refusal);
    }

    @Test
    void jvm_pogoLoadedByALoaderOfItsOwn_isRefusedWithPlace() throws Exception {
        List<URL> places = new ArrayList<>();
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            places.add(Path.of(place).toUri().toURL());
        }
        try (URLClassLoader container =
                new URLClassLoader(
                        "container",
                        places.toArray(URL[]::new),
                        ClassLoader.getPlatformClassLoader())) {
            Class<?> workers = container.loadClass(ProcessWorkers.class.getName());
            Class<?> pool = container.loadClass(PoolConfig.class.getName());
            Object named = pool.getMethod("named", String.class).invoke(null, "far");
            Object jvm = workers.getMethod("jvm").invoke(null);
            String problem =
                    "true needs Pogo on this JVM's class path or module path, or in Spring Boot's"
                            + " executable jar, but it was loaded by java.net.URLClassLoader";
            assertRefused(
                    "ProcessWorkers: pool far: jvm: " + problem,
                    () -> workers.getMethod("start", pool).invoke(jvm, named));
            Path file = Files.writeString(folder.resolve("pogo.json"), CONFIG);
            Class<?> config = container.loadClass(PogoConfig.class.getName());
            assertRefused(
                    file + ": pools.far.worker.jvm: " + problem,
                    () -> config.getMethod("load", Path.class).invoke(null, file));
        }
    }

    private static void assertRefused(String message, Executable action) {
        Messages.assertStarts(
                message,
                assertThrows(InvocationTargetException.class, action).getTargetException());
    }
}
