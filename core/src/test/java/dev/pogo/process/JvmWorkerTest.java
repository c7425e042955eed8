package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.Eventually;
import dev.pogo.Job;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.engine.Runtimes;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Job classes in JVMs of their own. */
class JvmWorkerTest {
    private static PogoRuntime start(ProcessWorkers workers) {
        return Runtimes.start(
                PogoConfig.defaults()
                        .withJobs(List.of(RemoteJobs.Echo.class.getName()))
                        .withPool(
                                PoolConfig.named(Workers.POOL)
                                        .withNumThreads(1)
                                        .withWorker(workers)));
    }

    private static <A extends @Nullable Object, R extends @Nullable Object> R run(
            PogoRuntime runtime, Class<? extends Job<A, R>> job, A args)
            throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            return scope.spawn(Workers.POOL, job, args).await(Workers.LONG);
        }
    }

    private static <A extends @Nullable Object, R extends @Nullable Object>
            TaskFailedException failure(
                    PogoRuntime runtime, Class<? extends Job<A, R>> job, A args) {
        return assertThrows(TaskFailedException.class, () -> run(runtime, job, args));
    }

    @Test
    void jobs_inAnotherJvm_behaveAsInThisOne() throws InterruptedException {
        PogoRuntime runtime = start(ProcessWorkers.jvm().withShmSize(2 << 20));
        assertNotEquals(ProcessHandle.current().pid(), run(runtime, RemoteJobs.Pid.class, null));
        assertEquals(Workers.pids(runtime).get(0), run(runtime, RemoteJobs.Pid.class, null));
        assertEquals(Map.of("printed", "hi"), run(runtime, RemoteJobs.Printing.class, "hi"));
        for (int length : List.of(0, 100, 5_000, 100_000, 2_000_000)) {
            String text = "é".repeat(length);
            assertEquals(text, run(runtime, RemoteJobs.Echo.class, text));
        }
        TaskFailedException e = failure(runtime, RemoteJobs.Throwing.class, "no");
        Messages.assertContains("reported a failure: java.lang.IllegalStateException: no at", e);
        Messages.assertContains("root cause java.lang.ArithmeticException: the root", e);
        Messages.assertContains("StackOverflowError", failure(runtime, RemoteJobs.Deep.class, 0));
        assertEquals(Map.of(), Workers.stats(runtime).restarts());
    }

    /** A class that is given as such needs no permission; a name does, as within one process. */
    @Test
    void jobs_namedByAString_haveToBeOnTheAllowList() throws InterruptedException {
        PogoRuntime runtime = start(ProcessWorkers.jvm());
        assertEquals(1, Workers.run(runtime, RemoteJobs.Echo.class.getName(), 1));
        Messages.assertContains(
                "is not on the allow-list",
                Workers.failure(runtime, RemoteJobs.Exit.class.getName(), 1));
        assertEquals(2, run(runtime, RemoteJobs.Echo.class, 2));
        assertEquals(2, Workers.stats(runtime).jobs(), "the other one was not even sent");
    }

    @Test
    void jobs_thatEndTheirProcess_failAloneAndItIsReplaced() throws InterruptedException {
        PogoRuntime runtime = start(ProcessWorkers.jvm());
        TaskFailedException e = failure(runtime, RemoteJobs.Exit.class, 3);
        Messages.assertContains(
                "with exit status 3 while it ran the job; its last lines: \"exiting with 3\"", e);
        try (PogoScope scope = runtime.open()) {
            Task<?> task = scope.spawn(Workers.POOL, RemoteJobs.Spin.class, null);
            long worker = Workers.idle(runtime, 1, 1).get(0);
            assertThrows(AwaitTimeoutException.class, () -> task.await(Duration.ofMillis(50)));
            Eventually.isTrue(() -> runtime.pool(Workers.POOL).stats().running() == 0);
            assertFalse(Workers.exists(worker));
        }
        assertEquals(7, run(runtime, RemoteJobs.Echo.class, 7));
    }

    /** Without shared memory, the JVM has put its own module file under the number of that. */
    @Test
    void jvm_withoutSharedMemory_opensNoFileOfItsOwnAgain() throws InterruptedException {
        PogoRuntime runtime = start(ProcessWorkers.jvm());
        List<String> files = run(runtime, RemoteJobs.OpenFiles.class, null);
        long modules = files.stream().filter(file -> file.endsWith("/lib/modules")).count();
        assertTrue(modules <= 1, files::toString);
    }

    /** As by a wrapper that closes what it does not know. */
    @Test
    void jvm_withoutTheDescriptorOfItsSharedMemory_saysSo() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        PogoRuntime runtime =
                start(
                        ProcessWorkers.command(
                                        "sh",
                                        "-c",
                                        "exec 5>&-; exec \"$@\"",
                                        "sh",
                                        java,
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        JvmWorker.class.getName())
                                .withShmSize(1 << 20));
        TaskFailedException e = failure(runtime, RemoteJobs.Echo.class, "x".repeat(10_000));
        Messages.assertContains(
                "the host sent a hello with shared memory, but descriptor 5 cannot be opened", e);
        assertEquals(RestartCause.FATAL, Workers.end(e).reason());
    }

    @Test
    void jobs_withoutMemory_endTheirProcessAndSayWhy() throws InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        PogoRuntime runtime =
                start(
                        ProcessWorkers.command(
                                java,
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                JvmWorker.class.getName()));
        TaskFailedException e = failure(runtime, RemoteJobs.Greedy.class, null);
        assertEquals(RestartCause.FATAL, Workers.end(e).reason());
        Messages.assertContains("a fatal error: java.lang.OutOfMemoryError: Java heap space", e);
        assertEquals(7, run(runtime, RemoteJobs.Echo.class, 7));
        assertTrue(Workers.stats(runtime).peak() <= 1);
    }

    @Test
    void main_withoutAHost_saysSo() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                JvmWorker.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, process.waitFor(), said);
        assertEquals(
                "This is a worker process for Pogo, which starts it with descriptors 3 and 4.",
                said.strip());
    }
}
