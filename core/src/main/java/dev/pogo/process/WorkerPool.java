package dev.pogo.process;

import dev.pogo.WorkerException;
import dev.pogo.json.Durations;
import dev.pogo.process.WorkerProcess.State;
import dev.pogo.process.wire.SharedMemory;
import dev.pogo.util.Nanos;
import dev.pogo.util.SpinLock;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The workers of a pool and the tasks that wait for one: decides which task is given which worker,
 * and how many workers there should be. The {@link Supervisor} starts and ends them. May be used by
 * any thread.
 *
 * <p>A worker that has ended counts until nothing is left of it, so that there are never more
 * processes than configured.
 */
final class WorkerPool {
    /** Number of consecutive failed starts after which tasks no longer wait for the next one. */
    static final int GIVE_UP_STARTS = 3;

    /** Minimum interval between checks, for example of how long tasks have been waiting. */
    private static final long LEAST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * The actions that are due.
     *
     * @param workers all current workers
     * @param surplus those of them that were idle and must be told to end
     * @param missing the number of workers to start
     * @param next when to check again
     */
    record Plan(List<WorkerProcess> workers, List<WorkerProcess> surplus, int missing, long next) {}

    private final ResolvedOptions options;

    /** Called, without the lock held, when there may be something to do. */
    private final Runnable wake;

    /**
     * Guards the fields below it. While it is held, nothing is waited for, no thread is woken and
     * no other lock is taken; no iteration is longer than the size of the pool.
     */
    private final SpinLock lock = SpinLock.outer();

    /** Workers of which something is left. */
    private final Set<WorkerProcess> workers = new LinkedHashSet<>();

    /** Workers that were idle when added; the most recently used one is first. */
    private final Deque<WorkerProcess> idle = new ArrayDeque<>();

    /** Oldest first; empty while a worker is idle. A set, because any of them may stop waiting. */
    private final LinkedHashSet<WaitingCall> waiting = new LinkedHashSet<>();

    private final Scaling scaling;
    private final BackOff backOff = new BackOff();
    private final Map<RestartCause, Long> restarts = new EnumMap<>(RestartCause.class);
    private int peak;

    /**
     * Why no worker can be started. Set after enough failed attempts; null again once one succeeds.
     */
    private @Nullable WorkerEnd unstartable;

    private boolean closed;

    WorkerPool(ResolvedOptions options, Scaling scaling, Runnable wake) {
        this.options = options;
        this.wake = wake;
        this.scaling = scaling;
    }

    // For tasks.

    /**
     * Acquires an idle worker, waiting for one if necessary.
     *
     * @param began the time since which the task has wanted one
     * @return the worker, owned by this thread until it is returned by {@link #release}
     * @throws WorkerException if none is available within {@code max_wait}, or none can be started
     * @throws InterruptedException if the calling thread was interrupted; it then has no worker
     */
    WorkerProcess acquire(long began) throws InterruptedException {
        WaitingCall call = new WaitingCall(began);
        WorkerEnd hopeless;
        lock.lock();
        try {
            ensureOpen();
            scaling.needed(neededNow() + 1, began);
            WorkerProcess free = pollIdle();
            if (free != null) {
                scaling.waited(0, began);
                return free;
            }
            hopeless = mayBeStarted(began) ? null : unstartable;
            if (hopeless == null) {
                waiting.add(call);
            }
        } finally {
            lock.unlock();
        }
        if (hopeless != null) {
            throw WorkerProcess.failure(hopeless);
        }
        wake.run();
        return await(call);
    }

    private WorkerProcess await(WaitingCall call) throws InterruptedException {
        long nanos = Nanos.of(options.maxWait());
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

    /**
     * Returns the worker that the call was given meanwhile, or null; it is given none from now on.
     */
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
        int busy;
        int all;
        int others;
        lock.lock();
        try {
            busy = count(State.BUSY);
            all = workers.size();
            others = waiting.size();
        } finally {
            lock.unlock();
        }
        return new WorkerException(
                "no worker process was free within max_wait, %s: %d of %d have a job, %d more tasks wait"
                        .formatted(Durations.describe(options.maxWait()), busy, all, others),
                null);
    }

    /** Returns a worker, which is passed on to the next task if it is fit for that. */
    void release(WorkerProcess worker) {
        int limit = options.maxJobs();
        boolean leaves = limit > 0 && worker.jobs() >= limit;
        WaitingCall next = null;
        lock.lock();
        try {
            scaling.needed(neededNow(), System.nanoTime());
            if (worker.jobs() > 0) {
                backOff.succeeded();
            }
            if (!leaves && worker.release()) {
                next = offer(worker);
            }
        } finally {
            lock.unlock();
        }
        if (leaves) {
            worker.leave(State.BUSY, RestartCause.MAX_JOBS);
        } else {
            give(worker, next);
        }
    }

    /**
     * Gives the worker to the task that it is reserved for, or to the next if that one no longer
     * waits. Must be called without the lock held, because it wakes a thread.
     */
    private void give(WorkerProcess worker, @Nullable WaitingCall first) {
        WaitingCall call = first;
        while (call != null && !call.give(worker)) {
            lock.lock();
            try {
                call = worker.release() ? offer(worker) : null;
            } finally {
                lock.unlock();
            }
        }
    }

    // All of these must be called with the lock held.

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "the worker processes of pool " + options.pool() + " are closed");
        }
    }

    /**
     * Returns whether tasks may wait for a start. After failures they may if the next attempt,
     * which is made only when a task waits, is due.
     */
    private boolean mayBeStarted(long now) {
        return unstartable == null || (workers.isEmpty() && backOff.nanosToWait(now) <= 0);
    }

    /** Returns an idle worker that has not ended meanwhile, now owned by this thread; or null. */
    private @Nullable WorkerProcess pollIdle() {
        WorkerProcess worker;
        while ((worker = idle.pollFirst()) != null) {
            if (worker.reserve()) {
                return worker;
            }
        }
        return null;
    }

    /** Returns the number of workers that have a task, plus those that are still needed. */
    private int neededNow() {
        return count(State.BUSY) + waiting.size();
    }

    private int count(State state) {
        int count = 0;
        for (WorkerProcess worker : workers) {
            if (worker.state() == state) {
                count++;
            }
        }
        return count;
    }

    /** Returns the number of workers that have not begun to end. */
    private int staying() {
        return count(State.STARTING) + count(State.IDLE) + count(State.BUSY);
    }

    /**
     * Reserves an idle worker for the task that has waited longest, and returns that call, which
     * must then be {@linkplain #give given} the worker; returns null if the worker stays idle.
     */
    private @Nullable WaitingCall offer(WorkerProcess worker) {
        if (!waiting.isEmpty() && worker.reserve()) {
            WaitingCall call = waiting.removeFirst();
            long now = System.nanoTime();
            scaling.waited(now - call.since(), now);
            return call;
        }
        idle.addFirst(worker);
        return null;
    }

    // Life cycle of the workers.

    /** Adds a worker that is about to be started; returns false if the pool is closed. */
    boolean add(WorkerProcess worker) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            workers.add(worker);
            peak = Math.max(peak, workers.size());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Called when a worker has said hello. */
    void ready(WorkerProcess worker) {
        WaitingCall next;
        lock.lock();
        try {
            unstartable = null;
            next = offer(worker);
        } finally {
            lock.unlock();
        }
        give(worker, next);
        wake.run();
    }

    /** Called when nothing is left of a worker. */
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
            if (failedBeforeFirstJob(worker, cause)) {
                long now = System.nanoTime();
                if (worker.wasReady() && now - worker.startedAt() > BackOff.LONGEST_NANOS) {
                    backOff.succeeded(); // it lasted long enough
                }
                backOff.failed(worker.startedAt(), now);
                hopeless = giveUp(end);
            }
        } finally {
            lock.unlock();
        }
        hopeless.forEach(call -> call.fail(unstartable(end)));
        wake.run();
    }

    /**
     * Returns whether the worker could not be started, or ended by itself before it was given
     * anything to do. A job that crashes its worker is no reason to back off.
     */
    private static boolean failedBeforeFirstJob(
            WorkerProcess worker, @Nullable RestartCause cause) {
        return cause != null
                && (!worker.wasReady()
                        || (!worker.wasUsed()
                                && (cause == RestartCause.CRASHED
                                        || cause == RestartCause.PROTOCOL
                                        || cause == RestartCause.FATAL)));
    }

    /** Returns the calls that must be failed. Must be called with the lock held. */
    private List<WaitingCall> giveUp(WorkerEnd end) {
        boolean others = count(State.IDLE) + count(State.BUSY) > 0;
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

    // Number of workers.

    /** Returns what is to be done now; null once the pool is closed and nothing is left. */
    @Nullable Plan plan(long now) {
        lock.lock();
        try {
            if (closed) {
                return workers.isEmpty()
                        ? null
                        : new Plan(List.copyOf(workers), List.of(), 0, now + Nanos.FOREVER);
            }
            int target = target(now);
            int missing = target - workers.size();
            long pause = backOff.nanosToWait(now);
            long next = now + nanosToNextLook(now);
            if (missing > 0 && pause > 0) {
                missing = 0;
                next = Nanos.earlier(next, now + pause);
            } else if (missing > 0 && backOff.failures() > 0) {
                missing = count(State.STARTING) > 0 ? 0 : 1; // one attempt at a time
            }
            return new Plan(
                    List.copyOf(workers), surplus(staying() - target), Math.max(0, missing), next);
        } finally {
            lock.unlock();
        }
    }

    /** Must be called with the lock held. */
    private int target(long now) {
        long[] waits = waiting.stream().mapToLong(call -> now - call.since()).toArray();
        return scaling.target(workers.size(), count(State.STARTING), count(State.BUSY), waits, now);
    }

    /** Must be called with the lock held. */
    private List<WorkerProcess> surplus(int many) {
        List<WorkerProcess> surplus = new ArrayList<>();
        while (surplus.size() < many && !idle.isEmpty()) {
            surplus.add(idle.removeLast());
        }
        return surplus;
    }

    /** Must be called with the lock held. */
    private long nanosToNextLook(long now) {
        if (!waiting.isEmpty()) {
            return Math.max(LEAST_TICK_NANOS, Nanos.of(options.scaleLatency()) / 4);
        }
        long fewer = scaling.nanosToFewer(now);
        return fewer < 0 ? Nanos.FOREVER : Math.max(LEAST_TICK_NANOS, fewer);
    }

    /**
     * Closes the pool: from now on no worker is added and no task is given one. Waiting tasks fail.
     *
     * @return the current workers
     */
    List<WorkerProcess> close() {
        List<WorkerProcess> all;
        List<WaitingCall> hopeless;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(workers);
            hopeless = List.copyOf(waiting);
            waiting.clear();
            idle.clear();
        } finally {
            lock.unlock();
        }
        WorkerEnd end = new WorkerEnd("the pool was closed", null, 0, null, List.of(), null);
        hopeless.forEach(call -> call.fail(end));
        wake.run();
        return all;
    }

    /** Returns the number of workers that wait for a task. */
    int idle() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the current statistics.
     *
     * @param jobs the number of jobs that have been answered
     * @param memory null if there is no shared memory
     */
    ProcessWorkerStats stats(long jobs, @Nullable SharedMemory memory) {
        long shmUsed = memory == null ? 0 : memory.used();
        long shmFragmented = memory == null ? 0 : memory.fragmented();
        List<WorkerProcess> all;
        int mostSoFar;
        int waitingNow;
        Map<RestartCause, Long> restartsSoFar;
        lock.lock();
        try {
            all = List.copyOf(workers);
            mostSoFar = peak;
            waitingNow = waiting.size();
            restartsSoFar = new EnumMap<>(restarts);
        } finally {
            lock.unlock();
        }
        int active = 0;
        List<ProcessWorkerStats.WorkerStats> each = new ArrayList<>();
        for (WorkerProcess worker : all) {
            boolean busy = worker.state() == State.BUSY;
            active += busy ? 1 : 0;
            each.add(new ProcessWorkerStats.WorkerStats(worker.pid(), worker.jobs(), busy));
        }
        return new ProcessWorkerStats(
                active,
                all.size(),
                mostSoFar,
                waitingNow,
                restartsSoFar,
                jobs,
                each,
                memory == null ? 0 : memory.size(),
                shmUsed,
                shmFragmented);
    }
}
