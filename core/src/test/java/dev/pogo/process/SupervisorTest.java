package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;
import dev.pogo.Logs;
import dev.pogo.Messages;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.WorkerException;
import dev.pogo.WorkerRequest;
import dev.pogo.engine.Runtimes;
import dev.pogo.process.wire.Frame;
import dev.pogo.process.wire.SharedMemory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How many workers there are, where they come from and how they end. */
class SupervisorTest {
    /** Instead of the usual one, of which tests would wait for the end. */
    private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    @TempDir private Path folder;

    @Test
    void start_minWorkers_areReadyWithoutATask() {
        PogoRuntime runtime = Workers.start(8, Workers.sample().withMinWorkers(3));
        Workers.idle(runtime, 3);
        assertEquals(3, Workers.stats(runtime).peak());
        assertEquals(Map.of(), Workers.stats(runtime).restarts());
    }

    @Test
    void configuration_read_startsNothing() {
        Workers.config(4, Workers.sample());
        assertEquals(List.of(), ProcessHandle.current().children().toList());
        assertTrue(
                Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("pogo-worker")));
    }

    @Test
    void tasks_thatWaitLongerThanScaleLatency_getMoreWorkersUpToTheMaximum()
            throws InterruptedException {
        PogoRuntime runtime =
                Workers.start(
                        8,
                        Workers.faulty().withMaxWorkers(3).withScaleLatency(Duration.ofMillis(1)));
        Workers.idle(runtime, 1);
        List<Path> marks = new ArrayList<>();
        try (PogoScope scope = runtime.open()) {
            for (int i = 0; i < 6; i++) {
                Path mark = folder.resolve("mark" + i);
                marks.add(mark);
                scope.spawn(Workers.POOL, "forever", mark.toString());
            }
            Eventually.isTrue(() -> marks.stream().filter(Files::exists).count() == 3);
            Eventually.isTrue(() -> Workers.stats(runtime).waiting() == 3);
            ProcessWorkerStats stats = Workers.stats(runtime);
            assertEquals(3, stats.active(), stats::toString);
            assertEquals(3, stats.total(), stats::toString);
            assertEquals(3, stats.peak(), stats::toString);
        }
        assertEquals(1, Workers.run(runtime, "echo", 1));
        assertEquals(3, Workers.stats(runtime).peak());
    }

    @Test
    void worker_thatHasRunMaxJobs_isToldToEndAndReplaced() throws InterruptedException {
        PogoRuntime runtime = Workers.start(2, Workers.sample().withMaxJobs(3).withMaxWorkers(1));
        long first = Workers.idle(runtime, 1).get(0);
        for (int i = 0; i < 3; i++) {
            assertEquals(i, Workers.run(runtime, "echo", i));
        }
        assertEquals(3, Workers.run(runtime, "echo", 3));
        assertNotEquals(first, Workers.idle(runtime, 1).get(0));
        assertEquals(Map.of(RestartCause.MAX_JOBS, 1L), Workers.stats(runtime).restarts());
        assertEquals(4, Workers.stats(runtime).jobs());
        assertEquals(1, Workers.stats(runtime).workers().get(0).jobs());
    }

    @Test
    void worker_thatDoesNotEndWhenTold_isKilled() throws InterruptedException {
        PogoRuntime runtime =
                Workers.start(
                        2,
                        Workers.faulty()
                                .withMaxJobs(1)
                                .withMaxWorkers(1)
                                .withIpcTimeout(Duration.ofMillis(200)));
        long first = Workers.idle(runtime, 1).get(0);
        assertEquals(1, Workers.run(runtime, "stubborn", null));
        assertEquals(2, Workers.run(runtime, "echo", 2));
        assertFalse(Workers.exists(first));
        assertEquals(1L, Workers.stats(runtime).restarts().get(RestartCause.MAX_JOBS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    no-such-command-here  | with exit status 127 before its hello, which means that its command was not found; its last lines: "pogo:
                    pom.xml               | with exit status 127 before its hello
                    ./pom.xml             | with exit status 126 before its hello, which means that its command cannot be executed
                    true                  | with exit status 0 before its hello; it wrote nothing to stderr or stdout
                    """)
    void start_commandThatCannotWork_failsTasksSoonAndReadably(String command, String message) {
        PogoRuntime runtime = Workers.start(2, ProcessWorkers.command(command));
        TaskFailedException e = Workers.failure(runtime, "echo", 1);
        Messages.assertContains("failed: no worker process can be started, process ", e);
        Messages.assertContains(" (" + command + ") ended " + message, e);
        assertEquals(RestartCause.NOT_STARTED, Workers.end(e).reason());
        Messages.assertContains("can be started", Workers.failure(runtime, "echo", 2));
        assertTrue(
                Workers.stats(runtime).restarts().getOrDefault(RestartCause.NOT_STARTED, 0L)
                        >= WorkerPool.GIVE_UP_STARTS);
    }

    @Test
    void start_thatWorksAfterAll_servesTasksAgain() throws Exception {
        Path there = folder.resolve("there");
        PogoRuntime runtime = Workers.start(2, Workers.faulty("flaky", there.toString()));
        WorkerProcessException end = Workers.end(Workers.failure(runtime, "echo", 1));
        assertEquals(List.of("not yet"), end.lastLines());
        Files.createFile(there);
        Workers.idle(runtime, 1);
        assertEquals(1, Workers.run(runtime, "echo", 1));
        Supervisor supervisor = Workers.supervisor(runtime);
        WorkerProcess worker = supervisor.workerPool().acquire(System.nanoTime());
        try (PogoScope scope = runtime.open()) {
            Task<?> task = scope.spawn(Workers.POOL, "echo", 2);
            Eventually.isTrue(() -> Workers.stats(runtime).waiting() == 1 || task.done());
            supervisor.workerPool().release(worker);
            assertEquals(2, task.await(Workers.LONG), "it waits, as there is a worker again");
        }
    }

    /** For a while those that were told to end are still there, beside those that are to stay. */
    @Test
    void workers_thatAreNoLongerNeeded_endAndNoOthers() throws Exception {
        PogoRuntime runtime =
                Workers.start(
                        3,
                        Workers.faulty("slow-end", folder.resolve("ended").toString())
                                .withScaleLatency(Duration.ofMillis(1)),
                        CALM_NANOS);
        Workers.idle(runtime, 1);
        try (PogoScope scope = runtime.open()) {
            for (int i = 0; i < 3; i++) {
                Path mark = folder.resolve("mark" + i);
                scope.spawn(Workers.POOL, "until", mark.toString());
            }
            Workers.idle(runtime, 3, 3);
            for (int i = 0; i < 3; i++) {
                Files.createFile(folder.resolve("mark" + i));
            }
            scope.awaitAll(Workers.LONG);
        }
        List<Long> all = Workers.idle(runtime, 3);
        List<Long> left = Workers.idle(runtime, 1);
        assertTrue(all.containsAll(left), () -> left + " of " + all);
        assertEquals(Map.of(), Workers.stats(runtime).restarts());
    }

    /** The shut-down frame has no room in the pipe, and its sender must have other things to do. */
    @Test
    void leave_workerThatDoesNotReadItsPipe_waitsForNothing() throws InterruptedException {
        PogoRuntime runtime =
                Workers.start(1, Workers.faulty("unread").withIpcTimeout(Duration.ofMillis(1_500)));
        long pid = Workers.idle(runtime, 1).get(0);
        Supervisor supervisor = Workers.supervisor(runtime);
        WorkerProcess worker = supervisor.workerPool().acquire(System.nanoTime());
        byte[] fills = new byte[Request.DIRECT - Frame.HEADER];
        assertNotNull(worker.call(fills));
        assertTrue(worker.leave(WorkerProcess.State.BUSY, null));
        assertTrue(Workers.exists(pid), "it has not waited until the worker was killed");
        Eventually.isTrue(() -> !Workers.exists(pid));
    }

    /** Or the rest of it would come out in the middle of the next one. */
    @Test
    void call_answeredBeforeItsRequestIsRead_keepsTheWorkerUntilItIs() throws InterruptedException {
        PogoRuntime runtime =
                Workers.start(1, Workers.faulty("unread").withIpcTimeout(Duration.ofMillis(300)));
        long pid = Workers.idle(runtime, 1).get(0);
        WorkerProcess worker = Workers.supervisor(runtime).workerPool().acquire(System.nanoTime());
        assertNotNull(worker.call(new byte[100_000]));
        assertFalse(Workers.exists(pid), "it has not read it in time");
        assertFalse(worker.release());
    }

    @Test
    void call_over_leavesNoTimeLimitBehind() throws InterruptedException {
        PogoRuntime runtime =
                Workers.start(1, Workers.sample().withJobTimeout(Workers.LONG).withMaxJobs(9));
        Workers.idle(runtime, 1);
        Supervisor supervisor = Workers.supervisor(runtime);
        WorkerProcess worker = supervisor.workerPool().acquire(System.nanoTime());
        assertNotNull(worker.call(new WorkerRequest("echo", 1).toJson()));
        assertNotNull(worker.call(new WorkerRequest("echo", "x".repeat(9_000)).toJson()));
        long later = System.nanoTime() + Workers.LONG.multipliedBy(60).toNanos();
        assertEquals(later + 1, worker.ensureOnTime(later, later + 1));
        assertNull(worker.doomed());
        supervisor.workerPool().release(worker);
    }

    /** So that those that are not needed become known, and what is in their caches is used. */
    @Test
    void tasks_oneAfterTheOther_goToTheWorkerUsedLast() throws InterruptedException {
        PogoRuntime runtime = Workers.start(3, Workers.sample().withMinWorkers(3));
        Workers.idle(runtime, 3);
        for (int i = 0; i < 3; i++) {
            Workers.run(runtime, "echo", i);
        }
        List<Integer> jobs =
                Workers.stats(runtime).workers().stream()
                        .map(ProcessWorkerStats.WorkerStats::jobs)
                        .sorted()
                        .toList();
        assertEquals(List.of(0, 0, 3), jobs);
    }

    @Test
    void worker_thatClosesItsPipesWhenToldToEnd_hasTheTimeToDoSo() throws InterruptedException {
        Path ended = folder.resolve("ended");
        PogoRuntime runtime =
                Workers.start(1, Workers.faulty("slow-end", ended.toString()).withMaxJobs(1));
        assertEquals(1, Workers.run(runtime, "echo", 1));
        assertEquals(2, Workers.run(runtime, "echo", 2));
        assertTrue(Files.exists(ended), "it was not killed");
        runtime.close();
        assertEquals(Set.of(RestartCause.MAX_JOBS), Workers.stats(runtime).restarts().keySet());
    }

    @Test
    void start_givenUp_failsTasksAtOnce() {
        PogoRuntime runtime = Workers.start(2, ProcessWorkers.command("true"));
        // The next attempt is more than a second away.
        Eventually.isTrue(() ->
                Workers.stats(runtime).restarts().getOrDefault(RestartCause.NOT_STARTED, 0L) >= 5);
        Set<Long> attempts = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            attempts.add(Workers.end(Workers.failure(runtime, "echo", 1)).pid());
        }
        assertTrue(attempts.size() <= 2, () -> "each has waited for another one: " + attempts);
    }

    /** A worker that says hello is no good yet. */
    @Test
    void start_workersThatSayHelloAndExit_arePausedLongerEachTimeAndGivenUpReadably()
            throws InterruptedException {
        long began = System.nanoTime();
        PogoRuntime runtime = Workers.start(2, Workers.faulty("hello-and-exit"));
        Eventually.isTrue(() ->
                Workers.stats(runtime).restarts().getOrDefault(RestartCause.CRASHED, 0L) >= 5);
        long took = System.nanoTime() - began;
        assertTrue(took >= (1 + 2 + 4 + 8) * BackOff.FIRST_NANOS, took + " ns");
        TaskFailedException e = Workers.failure(runtime, "echo", 1);
        Messages.assertContains(" with exit status 1 while idle", e);
        assertEquals(List.of("no database"), Workers.end(e).lastLines());
    }

    /** Nobody tries again by itself where no worker is to be kept. */
    @Test
    void start_thatWorksAfterAll_servesTasksAlsoWhereNoWorkerIsKept() throws Exception {
        Path there = folder.resolve("there");
        PogoRuntime runtime =
                Workers.start(
                        2, Workers.faulty("flaky", there.toString()).withMinWorkers(0), CALM_NANOS);
        Workers.end(Workers.failure(runtime, "echo", 1));
        long failed = System.nanoTime();
        // For as long it tries again, as if there might be more tasks soon.
        Eventually.isTrue(() -> System.nanoTime() - failed > 2 * CALM_NANOS);
        Files.createFile(there);
        Eventually.isTrue(() -> succeeds(runtime)); // not before the pause is over
    }

    private static boolean succeeds(PogoRuntime runtime) {
        try {
            return Objects.equals(1, Workers.run(runtime, "echo", 1));
        } catch (TaskFailedException e) {
            Messages.assertContains("no worker process can be started", e);
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sharedMemory_thatCannotBeHad_isRefusedBeforeItFillsTheMemory() {
        IOException e =
                assertThrows(IOException.class, () -> new SharedMemory(1L << 50, 1).close());
        Messages.assertStarts("the 1125899906842624 bytes of shm_size cannot be had in ", e);
        assertEquals(0, Workers.leftFiles());
    }

    @Test
    void wait_forAWorkerLongerThanMaxWait_fails() throws InterruptedException {
        PogoRuntime runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withJobs(List.of("forever", "echo"))
                                .withPool(
                                        PoolConfig.named(Workers.POOL)
                                                .withNumThreads(2)
                                                .withMaxWait(Duration.ofMillis(300))
                                                .withWorker(Workers.faulty().withMaxWorkers(1))));
        Workers.idle(runtime, 1);
        try (PogoScope scope = runtime.open()) {
            Path mark = folder.resolve("mark");
            scope.spawn(Workers.POOL, "forever", mark.toString());
            Workers.awaitFile(mark);
            Messages.assertContains(
                    "failed: no worker process was free within max_wait, 300 ms: 1 of 1 have a job",
                    Workers.failure(runtime, "echo", 1));
        }
    }

    @Test
    void wait_cancelled_takesNoWorkerWithIt() throws InterruptedException {
        PogoRuntime runtime = Workers.start(4, Workers.faulty().withMaxWorkers(1));
        Path mark = folder.resolve("mark");
        try (PogoScope scope = runtime.open()) {
            Task<?> holder = scope.spawn(Workers.POOL, "forever", mark.toString());
            Workers.awaitFile(mark);
            List<Task<?>> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(scope.spawn(Workers.POOL, "echo", i));
            }
            Eventually.isTrue(() -> Workers.stats(runtime).waiting() == 3);
            waiting.get(0).cancel();
            waiting.get(2).cancel();
            Eventually.isTrue(() -> Workers.stats(runtime).waiting() == 1);
            holder.cancel();
            assertEquals(1, waiting.get(1).await(Workers.LONG));
        }
        assertEquals(Map.of(RestartCause.CANCELLED, 1L), Workers.stats(runtime).restarts());
    }

    /** The worker may be given at the very moment at which the task waits no longer. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wait_overWhileTheWorkerIsGiven_losesNoWorker(boolean interrupted)
            throws InterruptedException {
        PogoRuntime runtime = Workers.start(2, Workers.sample().withMaxWorkers(1));
        Workers.idle(runtime, 1);
        Supervisor supervisor = Workers.supervisor(runtime);
        // Either all the time there is, or none any more.
        long waited = interrupted ? 0 : Workers.LONG.toNanos();
        for (int i = 0; i < 500; i++) {
            WorkerProcess worker = supervisor.workerPool().acquire(System.nanoTime());
            Thread waiter = new Thread(() -> acquireAndRelease(supervisor, waited));
            waiter.start();
            if (interrupted) {
                Eventually.isTrue(() -> supervisor.stats().waiting() == 1);
            }
            Thread giver =
                    new Thread(() -> {
                        while (waiter.isAlive() && supervisor.stats().waiting() == 0) {
                            Thread.onSpinWait();
                        }
                        supervisor.workerPool().release(worker);
                    });
            giver.start();
            if (interrupted) {
                waiter.interrupt();
            }
            giver.join();
            waiter.join();
            assertEquals(1, supervisor.workerPool().idle(), "after " + i + " times");
        }
    }

    /** As a task does whose wait has begun so long ago. */
    private static void acquireAndRelease(Supervisor supervisor, long nanosAgo) {
        try {
            supervisor
                    .workerPool()
                    .release(supervisor.workerPool().acquire(System.nanoTime() - nanosAgo));
        } catch (InterruptedException | WorkerException e) {
            // It has given the worker back, if it had it.
        }
    }

    @Test
    void output_ofAWorker_isLoggedAndItsEndIsInTheMessage() {
        PogoRuntime runtime = Workers.start(2, Workers.faulty());
        TaskFailedException e = Workers.failure(runtime, "stderr", 3);
        Messages.assertContains("with exit status 3 while it ran the job; its last lines: ", e);
        Messages.assertContains("\"line 28\" \"line 29\"", e);
        List<String> lines = Workers.end(e).lastLines();
        assertEquals(20, lines.size(), lines::toString);
        assertTrue(lines.contains("on stdout ?[31m"), lines::toString);
    }

    @Test
    void output_ofOneEndlessLine_isCutAndHoldsNothingUp() {
        PogoRuntime runtime = Workers.start(2, Workers.faulty());
        WorkerProcessException end = Workers.end(Workers.failure(runtime, "long_line", null));
        assertEquals(1, end.lastLines().size());
        assertTrue(end.lastLines().get(0).endsWith("x... and 9998000 more bytes"));
        assertTrue(String.valueOf(end.getMessage()).length() < 500);
    }

    @Test
    void signal_thatSomebodyElseSends_isNamed() {
        PogoRuntime runtime = Workers.start(2, Workers.faulty());
        Messages.assertContains(
                "ended by signal 11 (SIGSEGV) while it ran the job",
                Workers.failure(runtime, "signal", 11));
    }

    @Test
    void crash_isLoggedOnceWithItsPool() {
        PogoRuntime runtime = Workers.start(2, Workers.faulty());
        try (Logs logs = new Logs()) {
            Workers.failure(runtime, "stderr", 3);
            assertEquals(1, logs.messages().size(), logs.messages()::toString);
            assertTrue(logs.messages().get(0).startsWith("Pool far: process "));
        }
    }

    /** What a worker is given, and what it is not. */
    @Test
    void worker_hasItsMarkItsSessionAndNoOtherDescriptors() throws InterruptedException {
        PogoRuntime runtime = Workers.start(2, Workers.faulty().withShmSize(1 << 20));
        List<?> env = (List<?>) Objects.requireNonNull(Workers.run(runtime, "env", null));
        assertTrue(String.valueOf(env.get(0)).matches("[0-9a-f-]{36}\\.1"), env::toString);
        // The last one is that of the listing itself.
        assertEquals(List.of("0", "1", "2", "3", "4", "5", "6"), env.get(1));
        assertEquals(true, env.get(2), "the leader of a session");
    }

    @Test
    void close_idleWorkers_areToldToEndAndStartingOnesAreKilled() {
        PogoRuntime idle = Workers.start(2, Workers.sample().withMinWorkers(2));
        List<Long> pids = Workers.idle(idle, 2);
        idle.close();
        assertTrue(pids.stream().noneMatch(Workers::exists), pids::toString);
        PogoRuntime starting = Workers.start(2, Workers.faulty("mute"));
        Eventually.isTrue(() -> Workers.pids(starting).stream().anyMatch(pid -> pid > 0));
        List<Long> mute = Workers.pids(starting);
        starting.close();
        assertTrue(mute.stream().noneMatch(Workers::exists), mute::toString);
        starting.close();
        assertThrows(IllegalStateException.class, starting::open);
    }

    @Test
    void close_rightAfterTheStart_leavesNothing() {
        for (int i = 0; i < 20; i++) {
            Workers.start(2, Workers.sample().withMinWorkers(2)).close();
            assertEquals(List.of(), ProcessHandle.current().children().toList());
        }
    }

    /** Without it nothing would end the workers if this process were killed. */
    @Test
    void watchdog_thatIsKilled_isThereAgainBeforeTheNextWorker() throws InterruptedException {
        PogoRuntime runtime = Workers.start(2, Workers.sample());
        long worker = Workers.idle(runtime, 1).get(0);
        long watchdog = watchdogBeside(worker);
        Workers.kill(watchdog);
        Eventually.isTrue(() -> !Workers.exists(watchdog));
        assertEquals(1, Workers.run(runtime, "echo", 1));
        Workers.failure(runtime, "exit", 1);
        long next = Workers.idle(runtime, 1).get(0);
        assertNotEquals(watchdog, watchdogBeside(next));
    }

    @Test
    void close_watchdogThatDoesNotEnd_isNotWaitedForForEver() throws Exception {
        PogoRuntime runtime = Workers.start(1, Workers.sample());
        long watchdog = watchdogBeside(Workers.idle(runtime, 1).get(0));
        Process stop = new ProcessBuilder("sh", "-c", "kill -STOP " + watchdog).start();
        assertEquals(0, stop.waitFor());
        runtime.close();
        assertFalse(Workers.exists(watchdog));
    }

    private static long watchdogBeside(long worker) {
        List<Long> others =
                ProcessHandle.current()
                        .children()
                        .map(ProcessHandle::pid)
                        .filter(pid -> pid != worker)
                        .toList();
        assertEquals(1, others.size(), others::toString);
        return others.get(0);
    }

    @Test
    void sharedMemory_isCountedAndComesBack() throws Exception {
        PogoRuntime runtime =
                Workers.start(
                        2,
                        Workers.faulty("shm")
                                .withMaxWorkers(2)
                                .withMinWorkers(2)
                                .withShmSize(1 << 20));
        Workers.idle(runtime, 2);
        ProcessWorkerStats before = Workers.stats(runtime);
        assertEquals(1 << 20, before.shmTotal());
        assertEquals(1 << 19, before.shmUsed(), "two regions for answers");
        assertEquals(0, Workers.leftFiles(), "nothing that has a name");
        // faulty.py does not understand requests in shared memory: it waits for one that it knows.
        try (PogoScope scope = runtime.open()) {
            Task<?> first = scope.spawn(Workers.POOL, "length", "x".repeat(100_000));
            Eventually.isTrue(() -> Workers.stats(runtime).shmUsed() > before.shmUsed());
            Task<?> second = scope.spawn(Workers.POOL, "length", "x".repeat(200_000));
            Eventually.isTrue(() -> Workers.stats(runtime).shmUsed() > before.shmUsed() + 300_000);
            first.cancel();
            Eventually.isTrue(() -> Workers.stats(runtime).shmFragmented() > 100_000);
            second.cancel();
        }
        Workers.idle(runtime, 2);
        assertEquals(before.shmUsed(), Workers.stats(runtime).shmUsed());
        assertEquals(0, Workers.stats(runtime).shmFragmented());
    }

    @Test
    void sharedMemory_ofARequest_isBackWithItsAnswer() throws InterruptedException {
        PogoRuntime runtime =
                Workers.start(1, Workers.sample().withMaxWorkers(1).withShmSize(256 << 10));
        for (int i = 0; i < 3; i++) {
            assertEquals("x".repeat(9_000), Workers.run(runtime, "echo", "x".repeat(9_000)));
            assertEquals(128 << 10, Workers.stats(runtime).shmUsed(), "the region for answers");
        }
    }

    @Test
    void sharedMemory_whenItIsFull_bodiesGoByThePipe() throws InterruptedException {
        PogoRuntime runtime =
                Workers.start(1, Workers.sample().withMaxWorkers(1).withShmSize(256 << 10));
        String large = "x".repeat(1_000_000);
        assertEquals(large, Workers.run(runtime, "echo", large));
        assertEquals(Map.of(), Workers.stats(runtime).restarts());
    }

    @Test
    void left_afterManyRuntimes_isNothing() throws IOException, InterruptedException {
        runOnce();
        int descriptors = Workers.descriptors();
        for (int i = 0; i < 5; i++) {
            runOnce();
        }
        Eventually.isTrue(
                () -> Workers.descriptors() <= descriptors,
                () -> Workers.descriptors() + " descriptors, " + descriptors + " before");
        assertEquals(0, Workers.zombies());
        assertEquals(0, Workers.leftFiles());
    }

    private static void runOnce() throws InterruptedException {
        PogoRuntime runtime = Workers.start(2, Workers.sample().withShmSize(1 << 20));
        assertEquals("x".repeat(9_000), Workers.run(runtime, "echo", "x".repeat(9_000)));
        Workers.failure(runtime, "exit", 1);
        runtime.close();
    }
}
