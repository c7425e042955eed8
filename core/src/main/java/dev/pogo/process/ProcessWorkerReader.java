package dev.pogo.process;

import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.spi.Directives;
import dev.pogo.spi.WorkerReader;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Reads a pool's directive {@code worker} if it is an object. For the service loader. */
public final class ProcessWorkerReader implements WorkerReader {
    private static final String COMMAND = "command";
    private static final String JVM = "jvm";
    private static final String MIN_WORKERS = "min_workers";
    private static final String MAX_WORKERS = "max_workers";
    private static final String MAX_JOBS = "max_jobs";
    private static final String JOB_TIMEOUT = "job_timeout";
    private static final String IPC_TIMEOUT = "ipc_timeout";
    private static final String START_TIMEOUT = "start_timeout";
    private static final String SCALE_LATENCY = "scale_latency";
    private static final String SHM_SIZE = "shm_size";
    private static final String MAX_FRAME = "max_frame";

    private static final Set<String> KNOWN =
            Set.of(
                    COMMAND,
                    JVM,
                    MIN_WORKERS,
                    MAX_WORKERS,
                    MAX_JOBS,
                    JOB_TIMEOUT,
                    IPC_TIMEOUT,
                    START_TIMEOUT,
                    SCALE_LATENCY,
                    SHM_SIZE,
                    MAX_FRAME);

    /** For the service loader. */
    public ProcessWorkerReader() {}

    @Override
    public Set<String> kinds() {
        return Set.of(COMMAND, JVM);
    }

    @Override
    public Worker read(Directives directives, PoolConfig pool) {
        Objects.requireNonNull(directives, "directives");
        Objects.requireNonNull(pool, "pool");
        directives.ensureKnown(KNOWN);
        ProcessWorkers workers =
                limits(directives, kind(directives))
                        .withMaxWorkers(directives.number(MAX_WORKERS, 1, 0))
                        .withMaxJobs(directives.number(MAX_JOBS, 1, 0));
        int minWorkers = directives.number(MIN_WORKERS, 0, workers.minWorkers());
        if (minWorkers > workers.maxWorkersIn(pool)) {
            throw directives.refuse(MIN_WORKERS, workers.tooMany(pool));
        }
        workers = workers.withMinWorkers(minWorkers);
        if (!workers.hasEnoughMemory(pool)) {
            throw directives.refuse(SHM_SIZE, workers.tooLittleMemory(pool));
        }
        return workers;
    }

    private static ProcessWorkers kind(Directives directives) {
        boolean jvm = directives.flag(JVM);
        List<String> command = directives.texts(COMMAND);
        if (jvm && command != null) {
            throw directives.refuse(JVM, "is not for workers that have a command");
        }
        if (jvm) {
            String obstacle = JvmCommand.obstacle();
            if (obstacle != null) {
                throw directives.refuse(JVM, obstacle);
            }
            return ProcessWorkers.jvm();
        }
        if (command == null) {
            throw directives.refuse(
                    "has neither a command, like [\"php\", \"worker.php\"], nor \"jvm\": true");
        }
        if (!ProcessWorkers.isCommand(command)) {
            throw directives.refuse(COMMAND, ProcessWorkers.NO_COMMAND);
        }
        return ProcessWorkers.command(command);
    }

    private static ProcessWorkers limits(Directives directives, ProcessWorkers workers) {
        ProcessWorkers changed = workers;
        Duration jobTimeout = directives.duration(JOB_TIMEOUT);
        if (jobTimeout != null) {
            changed = changed.withJobTimeout(jobTimeout);
        }
        Duration ipcTimeout = directives.duration(IPC_TIMEOUT);
        if (ipcTimeout != null) {
            changed = changed.withIpcTimeout(ipcTimeout);
        }
        Duration startTimeout = directives.duration(START_TIMEOUT);
        if (startTimeout != null) {
            changed = changed.withStartTimeout(startTimeout);
        }
        Duration scaleLatency = directives.duration(SCALE_LATENCY);
        if (scaleLatency != null) {
            changed = changed.withScaleLatency(scaleLatency);
        }
        long shmSize = directives.bytes(SHM_SIZE, changed.shmSize());
        if (shmSize > ProcessWorkers.MAX_SHM_SIZE) {
            throw directives.refuse(SHM_SIZE, ProcessWorkers.TOO_MUCH_MEMORY);
        }
        long maxFrame = directives.bytes(MAX_FRAME, changed.maxFrame());
        if (!ProcessWorkers.isFrameSize(maxFrame)) {
            throw directives.refuse(MAX_FRAME, ProcessWorkers.NO_FRAME_SIZE);
        }
        return changed.withShmSize(shmSize).withMaxFrame(maxFrame);
    }
}
