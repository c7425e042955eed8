package dev.pogo.process;

import dev.pogo.InvalidConfigException;
import dev.pogo.Pool;
import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.json.ByteSizes;
import dev.pogo.json.Durations;
import dev.pogo.process.wire.SharedMemory;
import dev.pogo.util.Nanos;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Runs the jobs of a pool in other processes. This is only their description: a runtime starts
 * workers for each pool that has this as its worker, maintains them, and ends them when it is
 * closed. When a task is cancelled, its process is killed with everything that it has started.
 *
 * {@snippet file="dev/pogo/process/ProcessExampleTest.java" region="workers"}
 *
 * <p>As JSON: {@code "worker": { "command": ["php", "worker.php"], "max_workers": 8, "job_timeout":
 * "5s" }}, with the names of the components below in lower case with underscores; or {@code
 * "worker": { "jvm": true }}. The protocol of a worker is described in {@code docs/PROTOCOL.md}.
 *
 * <p>Immutable; each {@code with} method returns a modified copy.
 *
 * @param command the command to start, with its arguments; empty for a JVM that runs {@link
 *     JvmWorker} with this process's class path and modules
 * @param minWorkers the number of workers that are kept ready, at least 0; by default 1
 * @param maxWorkers the maximum number of workers, at least 1; 0, the default, stands for the
 *     pool's {@code num_threads}
 * @param maxJobs the number of jobs after which a worker is replaced, at least 1; 0, the default,
 *     stands for never
 * @param jobTimeout how long a job may take before its worker is killed, more than zero; null, the
 *     default, means as long as its task
 * @param ipcTimeout how long the transfer of a request or a response may take, more than zero, and
 *     as long again for each further MB; by default 5 seconds
 * @param startTimeout how long a worker may take from its start until it says hello, more than
 *     zero; by default 30 seconds
 * @param scaleLatency how long 95 of 100 tasks may have to wait for a worker before workers are
 *     added, more than zero; by default 50 milliseconds
 * @param shmSize the number of bytes of shared memory for bodies of more than 4 KB, at least 128 KB
 *     for each worker and at most 4 GB; 0, the default, stands for none
 * @param maxFrame the maximum number of bytes in a request or a response, from 1 KB to 1 GB; by
 *     default 64 MB
 */
public record ProcessWorkers(
        List<String> command,
        int minWorkers,
        int maxWorkers,
        int maxJobs,
        @Nullable Duration jobTimeout,
        Duration ipcTimeout,
        Duration startTimeout,
        Duration scaleLatency,
        long shmSize,
        long maxFrame)
        implements Worker {
    /** Offsets in shared memory are unsigned 32-bit numbers. */
    static final long MAX_SHM_SIZE = 4L << 30;

    static final String NO_COMMAND = "is not a command and its arguments";
    static final String TOO_MUCH_MEMORY = "is more than 4GB";
    static final String NO_FRAME_SIZE = "is not from 1KB to 1GB";

    private static final Duration DEFAULT_IPC_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DEFAULT_SCALE_LATENCY = Duration.ofMillis(50);
    private static final long DEFAULT_MAX_FRAME = 64 << 20;
    private static final long LEAST_FRAME = 1 << 10;
    private static final long LARGEST_FRAME = 1 << 30;

    /**
     * Checks the values.
     *
     * @throws InvalidConfigException if one is out of its range
     */
    public ProcessWorkers {
        command = List.copyOf(Objects.requireNonNull(command, "command"));
        Objects.requireNonNull(ipcTimeout, "ipcTimeout");
        Objects.requireNonNull(startTimeout, "startTimeout");
        Objects.requireNonNull(scaleLatency, "scaleLatency");
        ensure(command.isEmpty() || isCommand(command), "command", command.toString(), NO_COMMAND);
        ensure(minWorkers >= 0, "min_workers", Integer.toString(minWorkers), "must be at least 0");
        ensure(maxWorkers >= 0, "max_workers", Integer.toString(maxWorkers), "must be at least 0");
        ensure(
                maxWorkers == 0 || minWorkers <= maxWorkers,
                "min_workers",
                Integer.toString(minWorkers),
                "is more than max_workers, " + maxWorkers);
        ensure(maxJobs >= 0, "max_jobs", Integer.toString(maxJobs), "must be at least 0");
        ensurePositive(jobTimeout, "job_timeout");
        ensurePositive(ipcTimeout, "ipc_timeout");
        ensurePositive(startTimeout, "start_timeout");
        ensurePositive(scaleLatency, "scale_latency");
        ensure(shmSize >= 0, "shm_size", Long.toString(shmSize), "must be at least 0");
        ensure(shmSize <= MAX_SHM_SIZE, "shm_size", ByteSizes.describe(shmSize), TOO_MUCH_MEMORY);
        ensure(isFrameSize(maxFrame), "max_frame", Long.toString(maxFrame), NO_FRAME_SIZE);
    }

    private static void ensurePositive(@Nullable Duration duration, String path) {
        if (duration != null) {
            ensure(
                    duration.isPositive(),
                    path,
                    Durations.describe(duration),
                    "must be more than zero");
        }
    }

    private static void ensure(boolean right, String path, String value, String problem) {
        if (!right) {
            throw new InvalidConfigException("ProcessWorkers", path, value, problem, null);
        }
    }

    static boolean isCommand(List<String> command) {
        return !command.isEmpty()
                && !command.get(0).isBlank()
                && command.stream().noneMatch(text -> text.indexOf('\0') >= 0);
    }

    static boolean isFrameSize(long bytes) {
        return bytes >= LEAST_FRAME && bytes <= LARGEST_FRAME;
    }

    /**
     * Returns workers that a command starts, which is looked up in the PATH. They run in this
     * process's working directory, with its environment.
     *
     * @param command the command and its arguments
     * @return the description, with the defaults
     * @throws InvalidConfigException if there is no command
     */
    public static ProcessWorkers command(String... command) {
        return command(List.of(Objects.requireNonNull(command, "command")));
    }

    /**
     * Does the same as {@link #command(String...)}.
     *
     * @param command the command and its arguments
     * @return the description, with the defaults
     * @throws InvalidConfigException if there is no command
     */
    public static ProcessWorkers command(List<String> command) {
        Objects.requireNonNull(command, "command");
        ensure(isCommand(command), "command", command.toString(), NO_COMMAND);
        return of(command);
    }

    /**
     * Returns workers that are JVMs like this one, with its class path and its modules, and run job
     * classes. A class that is named by a string must be one that this runtime's configuration
     * allows, as within this process. For options other than the JVM's defaults, such as {@code
     * -Xmx} or {@code --add-opens}, use a command that runs {@link JvmWorker}.
     *
     * @return the description, with the defaults
     */
    public static ProcessWorkers jvm() {
        return of(List.of());
    }

    private static ProcessWorkers of(List<String> command) {
        return new ProcessWorkers(
                command,
                1,
                0,
                0,
                null,
                DEFAULT_IPC_TIMEOUT,
                DEFAULT_START_TIMEOUT,
                DEFAULT_SCALE_LATENCY,
                0,
                DEFAULT_MAX_FRAME);
    }

    /**
     * Returns whether a pool's jobs run in worker processes, so that it has {@link #stats}.
     *
     * @param pool the pool, of a runtime that may be closed
     * @return whether its worker is of this kind
     */
    public static boolean isUsedBy(Pool pool) {
        return Objects.requireNonNull(pool, "pool").worker() instanceof Supervisor;
    }

    /**
     * Returns the current numbers of a pool's worker processes.
     *
     * {@snippet file="dev/pogo/process/ProcessExampleTest.java" region="stats"}
     *
     * @param pool the pool
     * @return a snapshot
     * @throws IllegalArgumentException if the pool's worker is not of this kind
     */
    public static ProcessWorkerStats stats(Pool pool) {
        Objects.requireNonNull(pool, "pool");
        if (pool.worker() instanceof Supervisor supervisor) {
            return supervisor.stats();
        }
        throw new IllegalArgumentException("pool " + pool.name() + " has no worker processes");
    }

    /**
     * Returns a copy with another number of workers that are kept ready.
     *
     * @param n the number, at least 0
     * @return the copy
     * @throws InvalidConfigException if it is negative, or more than the maximum
     */
    public ProcessWorkers withMinWorkers(int n) {
        return with(draft -> draft.minWorkers = n);
    }

    /**
     * Returns a copy with another maximum number of workers.
     *
     * @param n the number, at least 1; or 0 for the pool's {@code num_threads}
     * @return the copy
     * @throws InvalidConfigException if it is negative, or less than the minimum
     */
    public ProcessWorkers withMaxWorkers(int n) {
        return with(draft -> draft.maxWorkers = n);
    }

    /**
     * Returns a copy with another maximum number of jobs.
     *
     * @param n the number of jobs after which a worker is replaced, at least 1; or 0 for never
     * @return the copy
     * @throws InvalidConfigException if it is negative
     */
    public ProcessWorkers withMaxJobs(int n) {
        return with(draft -> draft.maxJobs = n);
    }

    /**
     * Returns a copy with another time limit for jobs.
     *
     * @param d the time after which a worker is killed
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public ProcessWorkers withJobTimeout(Duration d) {
        Objects.requireNonNull(d, "d");
        return with(draft -> draft.jobTimeout = d);
    }

    /**
     * Returns a copy with another time limit for the transfer of requests and responses.
     *
     * @param d the time after which a worker is killed
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public ProcessWorkers withIpcTimeout(Duration d) {
        Objects.requireNonNull(d, "d");
        return with(draft -> draft.ipcTimeout = d);
    }

    /**
     * Returns a copy with another time limit for the start of workers.
     *
     * @param d the time after which a worker that has not said hello is killed
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public ProcessWorkers withStartTimeout(Duration d) {
        Objects.requireNonNull(d, "d");
        return with(draft -> draft.startTimeout = d);
    }

    /**
     * Returns a copy with another limit on how long tasks may have to wait for a worker.
     *
     * @param d the wait from which on workers are added
     * @return the copy
     * @throws InvalidConfigException if it is zero or negative
     */
    public ProcessWorkers withScaleLatency(Duration d) {
        Objects.requireNonNull(d, "d");
        return with(draft -> draft.scaleLatency = d);
    }

    /**
     * Returns a copy with another amount of shared memory. It is allocated when the first worker is
     * started, and released when the runtime is closed.
     *
     * @param bytes the number of bytes; 0 for none
     * @return the copy
     * @throws InvalidConfigException if it is negative or more than 4 GB; and, when a runtime
     *     starts, if it is less than 128 KB for each worker
     */
    public ProcessWorkers withShmSize(long bytes) {
        return with(draft -> draft.shmSize = bytes);
    }

    /**
     * Returns a copy with another maximum size of requests and responses.
     *
     * @param bytes the number of bytes
     * @return the copy
     * @throws InvalidConfigException if it is less than 1 KB or more than 1 GB
     */
    public ProcessWorkers withMaxFrame(long bytes) {
        return with(draft -> draft.maxFrame = bytes);
    }

    private ProcessWorkers with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /** Mutable values of a copy; for one thread only. */
    private static final class Draft {
        final List<String> command;
        int minWorkers;
        int maxWorkers;
        int maxJobs;
        @Nullable Duration jobTimeout;
        Duration ipcTimeout;
        Duration startTimeout;
        Duration scaleLatency;
        long shmSize;
        long maxFrame;

        Draft(ProcessWorkers of) {
            command = of.command;
            minWorkers = of.minWorkers;
            maxWorkers = of.maxWorkers;
            maxJobs = of.maxJobs;
            jobTimeout = of.jobTimeout;
            ipcTimeout = of.ipcTimeout;
            startTimeout = of.startTimeout;
            scaleLatency = of.scaleLatency;
            shmSize = of.shmSize;
            maxFrame = of.maxFrame;
        }

        ProcessWorkers finished() {
            return new ProcessWorkers(
                    command,
                    minWorkers,
                    maxWorkers,
                    maxJobs,
                    jobTimeout,
                    ipcTimeout,
                    startTimeout,
                    scaleLatency,
                    shmSize,
                    maxFrame);
        }
    }

    int maxWorkersIn(PoolConfig pool) {
        return maxWorkers == 0 ? pool.numThreads() : maxWorkers;
    }

    String tooMany(PoolConfig pool) {
        return "is more than %s, %d"
                .formatted(
                        maxWorkers == 0
                                ? "num_threads, which max_workers is by default"
                                : "max_workers",
                        maxWorkersIn(pool));
    }

    boolean hasEnoughMemory(PoolConfig pool) {
        return shmSize == 0 || shmSize >= leastMemory(pool);
    }

    private long leastMemory(PoolConfig pool) {
        return SharedMemory.LEAST_PER_WORKER * maxWorkersIn(pool);
    }

    String tooLittleMemory(PoolConfig pool) {
        return "is less than %s, which is %s for each of %d workers"
                .formatted(
                        ByteSizes.describe(leastMemory(pool)),
                        ByteSizes.describe(SharedMemory.LEAST_PER_WORKER),
                        maxWorkersIn(pool));
    }

    /**
     * Starts the workers of a pool, for a runtime; they are ready some time after this has
     * returned.
     *
     * @param pool the pool
     * @return the worker that runs the pool's jobs
     * @throws InvalidConfigException if the pool's {@code num_threads} is inconsistent with the
     *     other numbers; or if the workers are to be JVMs like this one, and Pogo was loaded
     *     neither from this one's class path or module path nor from Spring Boot's executable jar
     */
    @Override
    public Worker start(PoolConfig pool) {
        Objects.requireNonNull(pool, "pool");
        ResolvedOptions resolved = resolve(pool);
        Scaling scaling =
                new Scaling(
                        minWorkers,
                        resolved.maxWorkers(),
                        Nanos.of(scaleLatency),
                        Scaling.CALM_NANOS);
        Supervisor supervisor = new Supervisor(resolved, scaling);
        supervisor.start();
        return supervisor;
    }

    /** Returns the options for that pool, after checking that they are consistent with it. */
    ResolvedOptions resolve(PoolConfig pool) {
        ensure(
                minWorkers <= maxWorkersIn(pool),
                "min_workers",
                Integer.toString(minWorkers),
                tooMany(pool));
        ensure(
                hasEnoughMemory(pool),
                "shm_size",
                ByteSizes.describe(shmSize),
                tooLittleMemory(pool));
        return new ResolvedOptions(
                pool.name(),
                pool.maxWait(),
                command.isEmpty() ? jvmCommand(pool) : command,
                minWorkers,
                maxWorkersIn(pool),
                maxJobs,
                jobTimeout,
                ipcTimeout,
                startTimeout,
                scaleLatency,
                shmSize,
                maxFrame);
    }

    private static List<String> jvmCommand(PoolConfig pool) {
        String obstacle = JvmCommand.obstacle();
        ensure(obstacle == null, "pool " + pool.name() + ": jvm", "true", String.valueOf(obstacle));
        return JvmCommand.likeThis();
    }

    /**
     * Must not be called: a runtime {@linkplain #start starts} the worker that runs jobs.
     *
     * @throws IllegalStateException always
     */
    @Override
    public WorkerResponse handle(WorkerRequest request) {
        Objects.requireNonNull(request, "request");
        throw new IllegalStateException("this only describes workers; a runtime starts them");
    }
}
