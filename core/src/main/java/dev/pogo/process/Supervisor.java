package dev.pogo.process;

import dev.pogo.Worker;
import dev.pogo.WorkerException;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.process.WorkerProcess.State;
import dev.pogo.process.wire.Frame;
import dev.pogo.process.wire.FrameType;
import dev.pogo.process.wire.SharedMemory;
import dev.pogo.util.Nanos;
import dev.pogo.util.Uninterruptibles;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Worker of a pool whose jobs run in other processes: passes each job to a process of its {@link
 * WorkerPool}, starts as many processes as are needed, and ends those that take too long. May be
 * used by any thread.
 *
 * <p>One platform thread maintains the processes: it starts workers, tells those that are not
 * needed to end, and kills those that exceed a time limit. It sleeps until the earliest time limit,
 * and is woken when an earlier one begins or something happens that it has to act on. While a pool
 * is idle, it stays asleep. A job that is done in time does not wake it.
 */
final class Supervisor implements Worker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private static final long SENDER_IDLE_MILLIS = 1_000;

    private final ResolvedOptions options;
    private final Launcher launcher;
    private final Watchdog watchdog;
    private final WorkerPool workerPool;
    private final ExecutorService senders;
    private final Thread thread;
    private final LongAdder answered = new LongAdder();

    /**
     * Time until which {@link #thread} sleeps, or will. While it looks around this is later than
     * any limit, so that one that begins meanwhile wakes it.
     */
    private volatile long sleepsUntil = System.nanoTime() + Nanos.FOREVER;

    /**
     * Set before {@link #thread} is unparked, and cleared by it before it looks around. Needed
     * because whatever else it waits for meanwhile, such as the worker pool's lock, may consume the
     * unpark.
     */
    private volatile boolean woken;

    /** Created by {@link #thread} before the first worker; null if there is none. */
    private volatile @Nullable SharedMemory memory;

    /** Number of workers that have been started. Written by {@link #thread} only. */
    private int started;

    Supervisor(ResolvedOptions options, Scaling scaling) {
        this.options = options;
        this.launcher = new Launcher(options.command(), UUID.randomUUID().toString());
        this.watchdog = new Watchdog(launcher);
        this.workerPool = new WorkerPool(options, scaling, this::wake);
        String name = Threads.name(options.pool());
        this.senders =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE, // no more than there are workers
                        SENDER_IDLE_MILLIS,
                        TimeUnit.MILLISECONDS,
                        new SynchronousQueue<>(),
                        action -> Threads.create(name, action));
        this.thread = Threads.create(name, this::run);
    }

    void start() {
        thread.start();
    }

    Launcher launcher() {
        return launcher;
    }

    Watchdog watchdog() {
        return watchdog;
    }

    WorkerPool workerPool() {
        return workerPool;
    }

    @Nullable SharedMemory memory() {
        return memory;
    }

    /** Returns the executor whose threads may block on a pipe and are never interrupted. */
    ExecutorService senders() {
        return senders;
    }

    // Called by tasks.

    @Override
    public WorkerResponse handle(WorkerRequest request) throws InterruptedException {
        byte[] body = request.toJson();
        if (body.length > options.maxFrame()) {
            throw new WorkerException(
                    "the request has %d bytes, where max_frame allows %d"
                            .formatted(body.length, options.maxFrame()),
                    null);
        }
        long began = System.nanoTime();
        while (true) {
            WorkerProcess worker = workerPool.acquire(began);
            try {
                Frame answer = worker.call(body);
                if (answer != null) {
                    answered.increment();
                    return response(worker, answer);
                }
            } finally {
                workerPool.release(worker);
            }
        }
    }

    private static WorkerResponse response(WorkerProcess worker, Frame answer) {
        WorkerResponse response = WorkerResponse.parse(answer.body());
        if (answer.type() == FrameType.ERROR && response.ok()) {
            throw new WorkerException(
                    "process %d answered with an error (0x01) whose body says \"ok\": true"
                            .formatted(worker.pid()),
                    null);
        }
        return response;
    }

    // Called by a worker's own threads.

    /** Records that nothing is left of the worker. */
    void gone(WorkerProcess worker, WorkerEnd end) {
        workerPool.gone(worker, end);
        RestartCause cause = end.cause();
        try {
            if (cause == null
                    || cause == RestartCause.CANCELLED
                    || cause == RestartCause.MAX_JOBS) {
                LOG.debug("Pool {}: {}", options.pool(), end.what());
            } else {
                // An IOException's message says what failed; for anything else the stack helps.
                Throwable stack = end.failure() instanceof IOException ? null : end.failure();
                LOG.warn("Pool {}: {}", options.pool(), end.describe(), stack);
            }
        } catch (Throwable e) {
            // A failing log must not keep a task waiting for the end of its worker.
        }
    }

    /** Called when a time limit begins. */
    void dueAt(long due) {
        if (due - sleepsUntil < 0) {
            wake();
        }
    }

    private void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    // Run by the supervisor's thread.

    private void run() {
        try {
            boolean goOn = true;
            while (goOn) {
                try {
                    goOn = lookAround();
                } catch (Throwable e) {
                    reportFailure(e);
                    LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
                }
            }
        } finally {
            end();
        }
    }

    /**
     * Logs the failure. This thread goes on: without it, no worker would be started and no time
     * limit enforced.
     */
    private void reportFailure(Throwable e) {
        try {
            LOG.error("The supervisor of pool {} failed", options.pool(), e);
        } catch (Throwable logFails) {
            // There is no other place to report it.
        }
    }

    /** Returns false when this is closed and nothing is left. */
    private boolean lookAround() {
        long now = System.nanoTime();
        sleepsUntil = now + Nanos.FOREVER;
        woken = false;
        WorkerPool.Plan plan = workerPool.plan(now);
        if (plan == null) {
            return false;
        }
        for (WorkerProcess worker : plan.surplus()) {
            worker.leave(State.IDLE, null);
        }
        long next = plan.next();
        for (WorkerProcess worker : plan.workers()) {
            next = worker.ensureOnTime(now, next);
        }
        for (int i = 0; i < plan.missing(); i++) {
            startOne();
        }
        sleepsUntil = next;
        if (!woken) {
            LockSupport.parkNanos(this, next - System.nanoTime());
        }
        return true;
    }

    private void startOne() {
        WorkerProcess worker = new WorkerProcess(this, options, ++started);
        if (!workerPool.add(worker)) {
            return;
        }
        try {
            ensureMemory();
        } catch (Throwable e) {
            worker.notStarted(e);
            return;
        }
        worker.start();
    }

    private void ensureMemory() throws IOException {
        if (options.shmSize() > 0 && memory == null) {
            memory = new SharedMemory(options.shmSize(), options.maxWorkers());
        }
    }

    private void end() {
        watchdog.close();
        senders.shutdown();
        SharedMemory last = memory;
        try {
            if (last != null) {
                last.close();
            }
        } catch (IOException e) {
            LOG.warn("The shared memory of pool {} could not be closed", options.pool(), e);
        }
    }

    /**
     * Lets idle workers end by themselves for at most {@code ipc_timeout}, kills the others and
     * waits until nothing is left. Closing again waits too.
     */
    @Override
    public void close() {
        for (WorkerProcess worker : workerPool.close()) {
            if (!worker.leave(State.IDLE, null) && worker.state() != State.LEAVING) {
                worker.doom(null, "was killed because its pool was closed");
            }
        }
        wake();
        Uninterruptibles.forEnd(thread);
    }

    ProcessWorkerStats stats() {
        return workerPool.stats(answered.sum(), memory);
    }

    @Override
    public String toString() {
        return "the worker processes of pool " + options.pool();
    }
}
