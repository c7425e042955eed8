package dev.pogo.process;

import dev.pogo.Worker;
import dev.pogo.WorkerException;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.process.WorkerProcess.State;

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
 * The worker of a pool whose jobs run in other processes: has one of its {@link Crew} do each job,
 * starts as many as are needed, and ends those that take too long. May be used by any thread.
 *
 * <p>One platform thread looks after them: it starts workers, tells those that are not needed to
 * end, and kills what is late. It sleeps until the first time limit, and is woken when an earlier
 * one begins or something happens that it has to act on; while a pool is idle, it sleeps on. A job
 * that is done in time does not wake it.
 */
final class Supervisor implements Worker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private static final long SENDER_IDLE_MILLIS = 1_000;

    private final Settings settings;
    private final Launcher launcher;
    private final Guard guard;
    private final Crew crew;
    private final ExecutorService senders;
    private final Thread thread;
    private final LongAdder answered = new LongAdder();

    /**
     * Until when {@link #thread} sleeps, or will; while it looks around, later than any limit, so
     * that one that begins meanwhile wakes it.
     */
    private volatile long sleepsUntil = System.nanoTime() + Nanos.FOREVER;

    /**
     * Set before {@link #thread} is unparked, and cleared by it before it looks around: what it
     * waits for on its way, as the crew's lock, may take the unparking for its own.
     */
    private volatile boolean woken;

    /** Made by {@link #thread} before the first worker; null if there is none. */
    private volatile @Nullable SharedMemory memory;

    /** How many workers have been started; only {@link #thread} counts. */
    private int started;

    Supervisor(Settings settings, Scaling scaling) {
        this.settings = settings;
        this.launcher = new Launcher(settings.command(), UUID.randomUUID().toString());
        this.guard = new Guard(launcher);
        this.crew = new Crew(settings, scaling, this::wake);
        String name = Threads.name(settings.pool());
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

    Guard guard() {
        return guard;
    }

    Crew crew() {
        return crew;
    }

    @Nullable SharedMemory memory() {
        return memory;
    }

    /** Threads that may wait in a pipe, and that nobody interrupts. */
    ExecutorService senders() {
        return senders;
    }

    // What tasks do.

    @Override
    public WorkerResponse handle(WorkerRequest request) throws InterruptedException {
        byte[] body = request.toJson();
        if (body.length > settings.maxFrame()) {
            throw new WorkerException(
                    "the request has %d bytes, where max_frame allows %d"
                            .formatted(body.length, settings.maxFrame()),
                    null);
        }
        long began = System.nanoTime();
        while (true) {
            WorkerProcess worker = crew.acquire(began);
            try {
                Frame answer = worker.call(body);
                if (answer != null) {
                    answered.increment();
                    return response(worker, answer);
                }
            } finally {
                crew.release(worker);
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

    // What a worker's own threads report.

    /** There is nothing left of it. */
    void gone(WorkerProcess worker, WorkerEnd end) {
        crew.gone(worker, end);
        RestartCause cause = end.cause();
        try {
            if (cause == null
                    || cause == RestartCause.CANCELLED
                    || cause == RestartCause.MAX_JOBS) {
                LOG.debug("Pool {}: {}", settings.pool(), end.what());
            } else {
                // What the system refuses its message says; the stack of anything else is of use.
                Throwable stack = end.failure() instanceof IOException ? null : end.failure();
                LOG.warn("Pool {}: {}", settings.pool(), end.describe(), stack);
            }
        } catch (Throwable e) {
            // A log that fails must not keep a task waiting for the end of its worker.
        }
    }

    /** A time limit begins. */
    void dueAt(long due) {
        if (due - sleepsUntil < 0) {
            wake();
        }
    }

    private void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    // What the supervisor's thread does.

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

    /** This thread goes on: without it, nothing would be started any more, or be on time. */
    private void reportFailure(Throwable e) {
        try {
            LOG.error("The supervisor of pool {} failed", settings.pool(), e);
        } catch (Throwable logFails) {
            // There is no other place to say so.
        }
    }

    /** False when it is closed and nothing is left. */
    private boolean lookAround() {
        long now = System.nanoTime();
        sleepsUntil = now + Nanos.FOREVER;
        woken = false;
        Crew.Plan plan = crew.plan(now);
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
        WorkerProcess worker = new WorkerProcess(this, settings, ++started);
        if (!crew.add(worker)) {
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
        if (settings.shmSize() > 0 && memory == null) {
            memory = new SharedMemory(settings.shmSize(), settings.maxWorkers());
        }
    }

    private void end() {
        guard.close();
        senders.shutdown();
        SharedMemory last = memory;
        try {
            if (last != null) {
                last.close();
            }
        } catch (IOException e) {
            LOG.warn("The shared memory of pool {} could not be closed", settings.pool(), e);
        }
    }

    /**
     * Lets idle workers end by themselves, for as long as {@code ipc_timeout}, kills the others and
     * waits until nothing is left. Closing again waits likewise.
     */
    @Override
    public void close() {
        for (WorkerProcess worker : crew.close()) {
            if (!worker.leave(State.IDLE, null) && worker.state() != State.LEAVING) {
                worker.doom(null, "was killed because its pool was closed");
            }
        }
        wake();
        Waits.forEnd(thread);
    }

    ProcessWorkerStats stats() {
        return crew.stats(answered.sum(), memory);
    }

    @Override
    public String toString() {
        return "the worker processes of pool " + settings.pool();
    }
}
