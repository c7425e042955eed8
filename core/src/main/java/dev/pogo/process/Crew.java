package dev.pogo.process;

import dev.pogo.WorkerException;
import dev.pogo.json.Durations;
import dev.pogo.process.WorkerProcess.State;
import dev.pogo.sync.BriefLock;

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
 * The workers of a pool and the tasks that wait for one: which task is given which worker, and how
 * many there should be. It starts and ends none; that the {@link Supervisor} does. May be used by
 * any thread.
 *
 * <p>A worker that has ended counts until nothing is left of it, so that there are never more
 * processes than configured.
 */
final class Crew {
    /** After so many starts in a row that have failed, tasks do not wait for the next one. */
    static final int GIVE_UP_STARTS = 3;

    /** While tasks wait, how often it is looked at how long. */
    private static final long LEAST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * What there is to do.
     *
     * @param workers those that there are
     * @param surplus those of them that were idle and are to be told to end
     * @param missing how many are to be started
     * @param next when to look again
     */
    record Plan(List<WorkerProcess> workers, List<WorkerProcess> surplus, int missing, long next) {}

    private final Settings settings;

    /** Told, without the lock, that there may be something to do. */
    private final Runnable wake;

    /**
     * Guards the fields below it. Under it nothing is waited for, no thread woken and no other lock
     * taken; what is looked through is no longer than the pool is large.
     */
    private final BriefLock lock = BriefLock.outer();

    /** Those of which something is left. */
    private final Set<WorkerProcess> workers = new LinkedHashSet<>();

    /** Those that were idle when they were put here; the one used last is first. */
    private final Deque<WorkerProcess> idle = new ArrayDeque<>();

    /** Oldest first; none while a worker is idle. A set, as any of them may give up waiting. */
    private final LinkedHashSet<WaitingCall> waiting = new LinkedHashSet<>();

    private final Scaling scaling;
    private final BackOff backOff = new BackOff();
    private final Map<RestartCause, Long> restarts = new EnumMap<>(RestartCause.class);
    private int peak;

    /** Why no worker can be started, once that was tried often enough; null again when one was. */
    private @Nullable WorkerEnd unstartable;

    private boolean closed;

    Crew(Settings settings, Scaling scaling, Runnable wake) {
        this.settings = settings;
        this.wake = wake;
        this.scaling = scaling;
    }

    // What tasks do.

    /**
     * Takes an idle worker, and waits for one if need be.
     *
     * @param began since when the task wants one
     * @return the worker, now this thread's own, and to be given back by {@link #release}
     * @throws WorkerException if there is none within {@code max_wait}, or none can be started
     * @throws InterruptedException if the calling thread was interrupted; it has no worker then
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
                        .formatted(Durations.describe(settings.maxWait()), busy, all, others),
                null);
    }

    /** Gives back a worker, which goes on to the next task if it is fit for that. */
    void release(WorkerProcess worker) {
        int limit = settings.maxJobs();
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
     * Gives the worker to the task that it is reserved for, or to the next if that one waits no
     * longer. Without the lock, as it wakes a thread.
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

    // All of these are called with the lock held.

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "the worker processes of pool " + settings.pool() + " are closed");
        }
    }

    /** Lets tasks wait for the next attempt if it may be made now, and waits for a task. */
    private boolean mayBeStarted(long now) {
        return unstartable == null || (workers.isEmpty() && backOff.nanosToWait(now) <= 0);
    }

    /** An idle worker that has not ended meanwhile, now this thread's own. */
    private @Nullable WorkerProcess pollIdle() {
        WorkerProcess worker;
        while ((worker = idle.pollFirst()) != null) {
            if (worker.reserve()) {
                return worker;
            }
        }
        return null;
    }

    /** How many workers have a task, with those that are still needed. */
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

    /** How many workers have not begun to end. */
    private int staying() {
        return count(State.STARTING) + count(State.IDLE) + count(State.BUSY);
    }

    /**
     * Reserves an idle worker for the task that has waited longest, which is to be {@linkplain
     * #give given} it; null if it stays idle.
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

    // What becomes of workers.

    /** One that is about to be started; false if it may not, as the pool is closed. */
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

    /** One has said hello. */
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

    /** There is nothing left of one. */
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
            if (wasNoGood(worker, cause)) {
                long now = System.nanoTime();
                if (worker.wasReady() && now - worker.startedAt() > BackOff.LONGEST_NANOS) {
                    backOff.succeeded(); // for as long it was
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
     * It could not be started, or has ended by itself before it was given anything to do; a job
     * that crashes its worker is no reason to wait.
     */
    private static boolean wasNoGood(WorkerProcess worker, @Nullable RestartCause cause) {
        return cause != null
                && (!worker.wasReady()
                        || (!worker.wasUsed()
                                && (cause == RestartCause.CRASHED
                                        || cause == RestartCause.PROTOCOL
                                        || cause == RestartCause.FATAL)));
    }

    /** Called with the lock held; gives those that are to be told. */
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

    // How many there should be.

    /** What there is to do now; null when it is closed and nothing is left. */
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
                missing = count(State.STARTING) > 0 ? 0 : 1; // try with one
            }
            return new Plan(
                    List.copyOf(workers), surplus(staying() - target), Math.max(0, missing), next);
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock held. */
    private int target(long now) {
        long[] waits = waiting.stream().mapToLong(call -> now - call.since()).toArray();
        return scaling.target(workers.size(), count(State.STARTING), count(State.BUSY), waits, now);
    }

    /** Called with the lock held. */
    private List<WorkerProcess> surplus(int many) {
        List<WorkerProcess> surplus = new ArrayList<>();
        while (surplus.size() < many && !idle.isEmpty()) {
            surplus.add(idle.removeLast());
        }
        return surplus;
    }

    /** Called with the lock held. */
    private long nanosToNextLook(long now) {
        if (!waiting.isEmpty()) {
            return Math.max(LEAST_TICK_NANOS, Nanos.of(settings.scaleLatency()) / 4);
        }
        long fewer = scaling.nanosToFewer(now);
        return fewer < 0 ? Nanos.FOREVER : Math.max(LEAST_TICK_NANOS, fewer);
    }

    /**
     * From now on there are no new ones, and no task is given any; those that wait are told.
     *
     * @return the workers that there are
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

    /** How many workers wait for a task. */
    int idle() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The numbers of this moment.
     *
     * @param jobs how many jobs have been answered
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
