package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pogo.Eventually;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.Worker;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.engine.Runtimes;
import dev.pogo.util.Nanos;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** Pools of worker processes, for tests, and what can be seen of processes. */
final class Workers {
    static final String POOL = "far";

    /** Longer than any test takes. */
    static final Duration LONG = Duration.ofSeconds(60);

    private static final Path SAMPLES = Path.of("..", "samples", "workers");

    private Workers() {}

    /** Workers that do what a worker must not do; see faulty.py. */
    static ProcessWorkers faulty(String... mode) {
        List<String> command = new ArrayList<>(List.of(python(), resource("faulty.py")));
        command.addAll(List.of(mode));
        return ProcessWorkers.command(command);
    }

    /** The sample in Python. */
    static ProcessWorkers sample() {
        return ProcessWorkers.command(python(), SAMPLES.resolve("worker.py").toString());
    }

    /** The sample in PHP. */
    static ProcessWorkers php() {
        assumeCommand("php");
        return ProcessWorkers.command("php", SAMPLES.resolve("worker.php").toString());
    }

    /** By its own path: what stands in the PATH may be a script that looks for it. */
    private static String python() {
        assumeCommand("python3");
        return Path.of("/usr/bin/python3").toFile().canExecute() ? "/usr/bin/python3" : "python3";
    }

    private static void assumeCommand(String command) {
        boolean there =
                List.of(System.getenv("PATH").split(":")).stream()
                        .anyMatch(folder -> Path.of(folder, command).toFile().canExecute());
        if (!there) {
            System.err.println("*** " + command + " is not installed: its tests are SKIPPED ***");
        }
        assumeTrue(there, command + " is not installed");
    }

    static String resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(Workers.class.getResource(name)).toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static PogoRuntime start(int numThreads, ProcessWorkers workers) {
        return Runtimes.start(config(numThreads, workers));
    }

    /** Workers that have to be unused for so long before there are fewer. */
    static PogoRuntime start(int numThreads, ProcessWorkers workers, long calmNanos) {
        Worker started =
                new Worker() {
                    @Override
                    public Worker start(PoolConfig pool) {
                        ResolvedOptions options = workers.resolve(pool);
                        Scaling scaling =
                                new Scaling(
                                        options.minWorkers(),
                                        options.maxWorkers(),
                                        Nanos.of(options.scaleLatency()),
                                        calmNanos);
                        Supervisor supervisor = new Supervisor(options, scaling);
                        supervisor.start();
                        return supervisor;
                    }

                    @Override
                    public WorkerResponse handle(WorkerRequest request) {
                        throw new AssertionError(request);
                    }
                };
        return Runtimes.start(config(numThreads, started));
    }

    /** Of one pool, whose jobs may have any name without a dot. */
    static PogoConfig config(int numThreads, Worker workers) {
        return PogoConfig.defaults()
                .withJobs(
                        List.of(
                                ("echo primes fail sleep spin exit bytes length forever until"
                                     + " half-answer truncated truncated-header slow garbage random"
                                     + " huge not-json error-ok shared-outside shared-huge"
                                     + " shared-short fatal twice hello-again close-3 close-4"
                                     + " stderr long-line signal child detached daemon"
                                     + " child-forever frozen-next env stubborn no.such.Job")
                                        .replace('-', '_')
                                        .split(" ")))
                .withPool(
                        PoolConfig.named(POOL)
                                .withNumThreads(numThreads)
                                .withMaxWait(LONG)
                                .withWorker(workers));
    }

    static ProcessWorkerStats stats(PogoRuntime runtime) {
        return ProcessWorkers.stats(runtime.pool(POOL));
    }

    static @Nullable Object run(PogoRuntime runtime, String job, @Nullable Object args)
            throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            return scope.spawn(POOL, job, args).await(LONG);
        }
    }

    /** Why a job failed. */
    static TaskFailedException failure(PogoRuntime runtime, String job, @Nullable Object args) {
        try (PogoScope scope = runtime.open()) {
            Task<?> task = scope.spawn(POOL, job, args);
            return assertThrows(TaskFailedException.class, () -> task.await(LONG));
        }
    }

    /** What has become of the worker that the job has ended. */
    static WorkerProcessException end(TaskFailedException e) {
        return assertInstanceOf(
                WorkerProcessException.class,
                Objects.requireNonNull(e.getCause()).getCause(),
                e::getMessage);
    }

    /** Waits until there are that many workers, and all are idle. */
    static List<Long> idle(PogoRuntime runtime, int workers) {
        return idle(runtime, workers, 0);
    }

    /** Waits until there are that many workers, of which so many have a job and the others none. */
    static List<Long> idle(PogoRuntime runtime, int workers, int active) {
        Eventually.isTrue(
                () -> {
                    ProcessWorkerStats stats = stats(runtime);
                    return stats.total() == workers
                            && stats.active() == active
                            && supervisor(runtime).workerPool().idle() == workers - active;
                },
                () -> stats(runtime).toString());
        return pids(runtime);
    }

    static List<Long> pids(PogoRuntime runtime) {
        return stats(runtime).workers().stream().map(ProcessWorkerStats.WorkerStats::pid).toList();
    }

    static Supervisor supervisor(PogoRuntime runtime) {
        return (Supervisor) Objects.requireNonNull(runtime.pool(POOL).worker());
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Whether it is there, and be it as a zombie that nobody has waited for. */
    static boolean exists(long pid) {
        return Files.exists(Path.of("/proc/" + pid));
    }

    /** Whether it runs; a zombie of another parent than this process does not count. */
    static boolean runs(long pid) {
        String state = stat(pid);
        return !state.isEmpty() && !state.startsWith("Z");
    }

    /** The state and what follows; empty if there is no such process. */
    private static String stat(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2);
        } catch (IOException ended) {
            return "";
        }
    }

    static void awaitFile(Path file) {
        Eventually.isTrue(() -> Files.exists(file), () -> file + " does not appear");
    }

    static int descriptors() {
        return count(Path.of("/proc/self/fd"), path -> true);
    }

    /** Children of this process that have ended and that nobody has waited for. */
    static int zombies() {
        String mine = " " + ProcessHandle.current().pid() + " ";
        return count(
                Path.of("/proc"),
                path -> {
                    String name = path.getFileName().toString();
                    return name.matches("\\d+")
                            && stat(Long.parseLong(name)).startsWith("Z" + mine);
                });
    }

    /** What Pogo may have left in shared memory or among the temporary files. */
    static int leftFiles() {
        Predicate<Path> ours = path -> path.getFileName().toString().startsWith("pogo-worker-");
        return count(Path.of("/dev/shm"), ours)
                + count(Path.of(System.getProperty("java.io.tmpdir")), ours);
    }

    private static int count(Path folder, Predicate<Path> which) {
        int count = 0;
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                if (which.test(path)) {
                    count++;
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return count;
    }
}
