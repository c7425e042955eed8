package dev.pogo.process;

import dev.pogo.Worker;
import dev.pogo.WorkerException;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.json.Durations;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The worker processes of one pool: gives each task one that is idle, keeps as many as are needed,
 * and ends those that take too long. May be used by any thread.
 *
 * <p>One platform thread looks after them: it starts workers, tells those that are not needed to
 * end, and kills what is late. It sleeps until the first time limit, and is woken when an earlier
 * one begins or something happens that it has to act on; while a pool is idle, it sleeps on. A job
 * that is done in time does not wake it.
 *
 * <p>A worker that has ended counts until nothing is left of it, so that there are never more
 * processes than configured, and no task has its permit back before.
 */
final class Supervisor implements Worker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    /** After so many starts in a row that have failed, tasks do not wait for the next one. */
    static final int GIVE_UP_STARTS = 3;

    /** While tasks wait, how often it is looked at how long. */
    private static final long LEAST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long SENDER_IDLE_MILLIS = 1_000;

    private final Settings settings;
    private final Launcher launcher;
    private final Guard guard;
    private final ExecutorService senders;
    private final Thread thread;
    private final LongAdder answered = new LongAdder();

    /** Guards the fields below it. Under it nothing is waited for and no other lock taken. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Those of which something is left. */
    private final Set<WorkerProcess> workers = new LinkedHashSet<>();

    /** Those that were idle when they were put here; the one used last is first. */
    private final Deque<WorkerProcess> idle = new ArrayDeque<>();

    /** Oldest first; none while a worker is idle. */
    private final Deque<WaitingCall> waiting = new ArrayDeque<>();

    private final Scaling scaling;
    private final BackOff backOff = new BackOff();
    private final Map<RestartCause, Long> restarts = new EnumMap<>(RestartCause.class);
    private int started;
    private int peak;

    /** Why no worker can be started, once that was tried often enough; null again when one was. */
    private @Nullable WorkerEnd unstartable;

    private boolean closed;

    /**
     * Until when {@link #thread} sleeps, or will; while it looks around, later than any limit, so
     * that one that begins meanwhile wakes it.
     */
    private volatile long sleepsUntil;

    /** Made by {@link #thread} before the first worker; null if there is none. */
    private volatile @Nullable SharedMemory memory;

    Supervisor(Settings settings) {
        this.settings = settings;
        this.launcher = new Launcher(settings.command(), UUID.randomUUID().toString());
        this.guard = new Guard(launcher);
        long now = System.nanoTime();
        this.scaling =
                new Scaling(
                        settings.minWorkers(),
                        settings.maxWorkers(),
                        Nanos.of(settings.scaleLatency()),
                        now);
        this.sleepsUntil = now + Nanos.FOREVER;
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
            WorkerProcess worker = acquire(began);
            Frame answer;
            try {
                answer = worker.call(body);
                if (answer != null) {
                    answered.increment();
                    return response(worker, answer);
                }
            } finally {
                release(worker);
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

    /** An idle worker, now this thread's own; to be given back by {@link #release}. */
    WorkerProcess acquire(long began) throws InterruptedException {
        WaitingCall call;
        lock.lock();
        try {
            ensureOpen();
            scaling.needed(neededNow() + 1, began);
            WorkerProcess free = pollIdle();
            if (free != null) {
                scaling.waited(0, began);
                return free;
            }
            ensureStartable();
            call = new WaitingCall(began);
            waiting.add(call);
        } finally {
            lock.unlock();
        }
        wake();
        return await(call);
    }

    private WorkerProcess await(WaitingCall call) throws InterruptedException {
        long nanos = Nanos.of(settings.maxWait());
        WorkerProcess worker;
        try {
            worker = call.await(call.since() + nanos - System.nanoTime());
        } catch (InterruptedException e) {
            WorkerProcess given = withdraw(call);
            if (given != null) {
                release(given);
            }
            throw e;
        }
        if (worker == null) {
            worker = withdraw(call);
        }
        if (worker == null) {
            throw tooLong();
        }
        return worker;
    }

    /** The worker that the call was given after all, or null; it is given none from now on. */
    private @Nullable WorkerProcess withdraw(WaitingCall call) {
        lock.lock();
        try {
            waiting.remove(call);
        } finally {
            lock.unlock();
        }
        return call.withdraw();
    }

    private WorkerException tooLong() {
        ProcessWorkerStats now = stats();
        return new WorkerException(
                "no worker process was free within max_wait, %s: %d of %d have a job, %d more tasks wait"
                        .formatted(
                                Durations.describe(settings.maxWait()),
                                now.active(),
                                now.total(),
                                now.waiting()),
                null);
    }

    /** Called with the lock held. */
    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "the worker processes of pool " + settings.pool() + " are closed");
        }
    }

    /** Called with the lock held. */
    private void ensureStartable() {
        WorkerEnd end = unstartable;
        if (end != null) {
            throw WorkerProcess.failure(end);
        }
    }

    /** An idle worker that has not ended meanwhile, now this thread's own. Under the lock. */
    private @Nullable WorkerProcess pollIdle() {
        WorkerProcess worker;
        while ((worker = idle.pollFirst()) != null) {
            if (worker.reserve()) {
                return worker;
            }
        }
        return null;
    }

    /** How many workers have a task, with those that are still needed. Under the lock. */
    private int neededNow() {
        return count(WorkerProcess.State.BUSY) + waiting.size();
    }

    private int count(WorkerProcess.State state) {
        int count = 0;
        for (WorkerProcess worker : workers) {
            if (worker.state() == state) {
                count++;
            }
        }
        return count;
    }

    /** Gives back a worker, which goes on to the next task if it is fit for that. */
    void release(WorkerProcess worker) {
        int limit = settings.maxJobs();
        if (limit > 0 && worker.jobs() >= limit) {
            worker.leave(WorkerProcess.State.BUSY, RestartCause.MAX_JOBS);
            return;
        }
        lock.lock();
        try {
            scaling.needed(neededNow(), System.nanoTime());
            if (worker.release()) {
                offer(worker);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives an idle worker to the task that has waited longest. Called with the lock held. */
    private void offer(WorkerProcess worker) {
        if (!waiting.isEmpty() && worker.reserve()) {
            long now = System.nanoTime();
            WaitingCall call;
            while ((call = waiting.poll()) != null) {
                if (call.give(worker)) {
                    scaling.waited(now - call.since(), now);
                    return;
                }
            }
            if (!worker.release()) {
                return;
            }
        }
        idle.addFirst(worker);
    }

    // What a worker's own threads report.

    /** It has said hello. */
    void ready(WorkerProcess worker) {
        lock.lock();
        try {
            unstartable = null;
            backOff.succeeded();
            offer(worker);
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** There is nothing left of it. */
    void gone(WorkerProcess worker, WorkerEnd end) {
        List<WaitingCall> hopeless = List.of();
        RestartCause cause = end.cause();
        lock.lock();
        try {
            workers.remove(worker);
            idle.remove(worker);
            if (cause != null && !closed) {
                restarts.merge(cause, 1L, Long::sum);
            }
            if (cause != null && !worker.wasReady()) {
                backOff.failed(worker.startedAt(), System.nanoTime());
                hopeless = giveUp(end);
            } else if (diedOfItself(worker, cause)) {
                backOff.failed(worker.startedAt(), System.nanoTime());
            }
        } finally {
            lock.unlock();
        }
        hopeless.forEach(call -> call.fail(unstartable(end)));
        report(end);
        wake();
    }

    /** Without having done anything; a job that crashes its worker is no reason to wait. */
    private static boolean diedOfItself(WorkerProcess worker, @Nullable RestartCause cause) {
        return worker.jobs() == 0
                && (cause == RestartCause.CRASHED || cause == RestartCause.PROTOCOL);
    }

    /** Called with the lock held; gives those that are to be told. */
    private List<WaitingCall> giveUp(WorkerEnd end) {
        boolean others =
                workers.stream()
                        .map(WorkerProcess::state)
                        .anyMatch(state ->
                                state == WorkerProcess.State.IDLE
                                        || state == WorkerProcess.State.BUSY);
        if (others || backOff.failures() < GIVE_UP_STARTS) {
            return List.of();
        }
        unstartable = unstartable(end);
        List<WaitingCall> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    private static WorkerEnd unstartable(WorkerEnd end) {
        return new WorkerEnd(
                "no worker process can be started, " + end.what(),
                end.cause(),
                end.pid(),
                end.exitStatus(),
                end.lastLines(),
                end.failure());
    }

    private void report(WorkerEnd end) {
        RestartCause cause = end.cause();
        try {
            if (cause == null
                    || cause == RestartCause.CANCELLED
                    || cause == RestartCause.MAX_JOBS) {
                LOG.debug("Pool {}: {}", settings.pool(), end.what());
            } else {
                LOG.warn("Pool {}: {}", settings.pool(), end.describe(), end.failure());
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
        long next = now + Nanos.FOREVER;
        sleepsUntil = next;
        List<WorkerProcess> all;
        List<WorkerProcess> surplus = new ArrayList<>();
        int missing;
        lock.lock();
        try {
            if (closed && workers.isEmpty()) {
                return false;
            }
            all = new ArrayList<>(workers);
            int target = closed ? 0 : target(now);
            missing = target - workers.size();
            for (int i = 0; i < -missing && !closed; i++) {
                WorkerProcess last = idle.pollLast();
                if (last != null) {
                    surplus.add(last);
                }
            }
            long pause = backOff.nanosToWait(now);
            if (missing > 0 && pause > 0) {
                missing = 0;
                next = now + pause;
            } else if (missing > 0 && backOff.failures() > 0) {
                missing = count(WorkerProcess.State.STARTING) > 0 ? 0 : 1; // try with one
            }
            next = earlier(next, nextTick(now));
        } finally {
            lock.unlock();
        }
        for (WorkerProcess worker : surplus) {
            worker.leave(WorkerProcess.State.IDLE, null);
        }
        for (WorkerProcess worker : all) {
            next = worker.ensureOnTime(now, next);
        }
        for (int i = 0; i < missing; i++) {
            startOne();
        }
        sleepsUntil = next;
        LockSupport.parkNanos(this, next - System.nanoTime());
        return true;
    }

    /** Called with the lock held. */
    private int target(long now) {
        long[] waits = waiting.stream().mapToLong(call -> now - call.since()).toArray();
        return scaling.target(
                workers.size(),
                count(WorkerProcess.State.STARTING),
                count(WorkerProcess.State.BUSY),
                waits,
                now);
    }

    /** When to look at the number of workers again. Called with the lock held. */
    private long nextTick(long now) {
        if (!waiting.isEmpty()) {
            return now + Math.max(LEAST_TICK_NANOS, Nanos.of(settings.scaleLatency()) / 4);
        }
        long fewer = scaling.nanosToFewer(now);
        return now + (fewer < 0 ? Nanos.FOREVER : Math.max(LEAST_TICK_NANOS, fewer));
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    private void startOne() {
        WorkerProcess worker;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            worker = new WorkerProcess(this, settings, ++started);
            workers.add(worker);
            peak = Math.max(peak, workers.size());
        } finally {
            lock.unlock();
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
        List<WorkerProcess> all;
        List<WaitingCall> hopeless;
        lock.lock();
        try {
            closed = true;
            all = new ArrayList<>(workers);
            hopeless = new ArrayList<>(waiting);
            waiting.clear();
            idle.clear();
        } finally {
            lock.unlock();
        }
        String what = "was killed because its pool was closed";
        WorkerEnd end = new WorkerEnd("the pool was closed", null, 0, null, List.of(), null);
        hopeless.forEach(call -> call.fail(end));
        for (WorkerProcess worker : all) {
            if (!worker.leave(WorkerProcess.State.IDLE, null)
                    && worker.state() != WorkerProcess.State.LEAVING) {
                worker.doom(null, what);
            }
        }
        wake();
        Waits.forEnd(thread);
    }

    /** How many workers wait for a task. */
    int idle() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    ProcessWorkerStats stats() {
        SharedMemory shared = memory;
        lock.lock();
        try {
            List<ProcessWorkerStats.WorkerStats> each = new ArrayList<>();
            for (WorkerProcess worker : workers) {
                boolean busy = worker.state() == WorkerProcess.State.BUSY;
                each.add(new ProcessWorkerStats.WorkerStats(worker.pid(), worker.jobs(), busy));
            }
            return new ProcessWorkerStats(
                    count(WorkerProcess.State.BUSY),
                    workers.size(),
                    peak,
                    waiting.size(),
                    restarts,
                    answered.sum(),
                    each,
                    shared == null ? 0 : shared.size(),
                    shared == null ? 0 : shared.used(),
                    shared == null ? 0 : shared.fragmented());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "the worker processes of pool " + settings.pool();
    }
}
