package dev.pogo.process;

import dev.pogo.CancelHook;
import dev.pogo.Task;
import dev.pogo.json.Durations;
import dev.pogo.process.TimeLimits.Limit;
import dev.pogo.process.wire.Frame;
import dev.pogo.process.wire.FrameType;
import dev.pogo.process.wire.ProtocolException;
import dev.pogo.util.Nanos;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A worker process, from before its start until nothing is left of it. Its {@link ProcessMonitor}
 * starts it and handles its end.
 *
 * <p>Whatever goes wrong, there is one way to end it: {@link #doom} records the reason, once, and
 * kills the process; everything else follows from its exit. So no thread waits for a process that
 * cannot end: a read or write of a pipe ends when the process at its other end does.
 */
final class WorkerProcess {
    /** Each state is left by a single compare-and-set. */
    enum State {
        /** It has not yet said hello. */
        STARTING,
        /** Ready for a job. */
        IDLE,
        /** In use by the thread that set this state. */
        BUSY,
        /** Told to shut down, by the thread that set this state. */
        LEAVING,
        /** Being killed. */
        DOOMED,
        /** Nothing is left of it. */
        GONE
    }

    /**
     * The reason for killing a process.
     *
     * @param cause why it has to be replaced, or null if it does not
     * @param what what happened, as the rest of a sentence that begins with the process
     */
    record KillReason(@Nullable RestartCause cause, String what) {}

    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    /** How long a process may take to exit after it closes its pipes, usually because it exits. */
    private static final long EXIT_MILLIS = 200;

    private final Supervisor supervisor;
    private final ResolvedOptions options;
    private final ProcessMonitor monitor;
    private final TimeLimits limits;
    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);

    /** Set once, before the state becomes {@link State#DOOMED}. */
    private final AtomicReference<@Nullable KillReason> doom = new AtomicReference<>();

    /** Completed when nothing is left of the process. */
    private final CompletableFuture<WorkerEnd> gone = new CompletableFuture<>();

    private final AtomicInteger jobs = new AtomicInteger();

    private final long startedAt = System.nanoTime();

    /**
     * Set by the monitor, which then reads {@link #doom}; a thread that dooms the process sets that
     * and then reads this.
     */
    private volatile @Nullable Process process;

    /** The call that the task's thread waits for; set by that thread. */
    private volatile @Nullable PendingCall current;

    /** Set by the reader. */
    private volatile boolean ready;

    /** Whether it has received part of a request; set by the thread that wrote it. */
    private volatile boolean used;

    /** Whether it accepts requests in shared memory; set by the reader before it is idle. */
    private volatile boolean sharesMemory;

    /** Why it was told to shut down; null also if it is merely no longer needed. */
    private volatile @Nullable RestartCause leaving;

    WorkerProcess(Supervisor supervisor, ResolvedOptions options, int number) {
        this.supervisor = supervisor;
        this.options = options;
        this.limits = new TimeLimits(supervisor::dueAt);
        this.monitor = new ProcessMonitor(this, supervisor, options, limits, number);
        limits.begin(Limit.START, Nanos.of(options.startTimeout()));
    }

    /**
     * Starts it asynchronously; {@link WorkerPool#ready} and {@link Supervisor#gone} are notified.
     */
    void start() {
        try {
            monitor.start();
        } catch (Throwable e) {
            end(monitor.notStarted(e));
        }
    }

    /** Ends it, for a caller that cannot even attempt to start it. */
    void notStarted(Throwable e) {
        end(monitor.notStarted(e));
    }

    State state() {
        return state.get();
    }

    /** Returns when its start was requested. */
    long startedAt() {
        return startedAt;
    }

    /** Returns whether it has ever been ready for a job. */
    boolean wasReady() {
        return ready;
    }

    /** Returns whether it has been given a job, even if it did not complete it. */
    boolean wasUsed() {
        return used;
    }

    int jobs() {
        return jobs.get();
    }

    /** Returns the process id, or 0 while there is no process yet. */
    long pid() {
        Process started = process;
        return started == null ? 0 : started.pid();
    }

    // For the monitor and the reader.

    /** Called when the process exists; kills it at once if it is already doomed. */
    void has(Process started) {
        process = started;
        if (doom.get() != null) {
            kill();
        }
    }

    @Nullable KillReason doomed() {
        return doom.get();
    }

    @Nullable RestartCause leaving() {
        return leaving;
    }

    /** Called when nothing is left of the process. */
    void end(WorkerEnd end) {
        state.set(State.GONE);
        try {
            supervisor.gone(this, end);
        } finally {
            gone.complete(end);
            PendingCall waiting = current;
            if (waiting != null) {
                waiting.fail(end);
            }
        }
    }

    /** Answers the hello of the process. */
    void greet(Frame hello, boolean usesSharedMemory) throws IOException {
        sharesMemory = usesSharedMemory;
        Process started = process;
        if (started != null) {
            write(started.getOutputStream(), hello);
        }
        limits.end(Limit.START);
        if (!limits.exceeded() && state.compareAndSet(State.STARTING, State.IDLE)) {
            ready = true;
            supervisor.workerPool().ready(this);
        }
    }

    /** Passes an answer to the call that waits for it; a second answer is refused. */
    void answered(Frame answer) throws ProtocolException {
        PendingCall pendingCall = current;
        if (pendingCall == null || !pendingCall.answer(answer)) {
            throw new ProtocolException("an answer without a pending request");
        }
    }

    /**
     * Called when the process closed a pipe. It usually does so because it exits, and the exit
     * tells more.
     */
    void closedPipe(Process started, String descriptor) {
        try {
            if (started.waitFor(EXIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ProcessTree.isExiting(started.pid())) {
            return; // the monitor will know soon
        }
        if (state.get() == State.LEAVING) {
            return; // it has as long as any process that was told to end
        }
        doom(
                RestartCause.PROTOCOL,
                "was killed because it closed descriptor " + descriptor + ", and went on");
    }

    // For the task's thread.

    /** Reserves it for this thread, until {@link #release}; returns false if it is not idle. */
    boolean reserve() {
        return state.compareAndSet(State.IDLE, State.BUSY);
    }

    /** Makes it idle again; returns false if it is no longer fit for another job. */
    boolean release() {
        return state.compareAndSet(State.BUSY, State.IDLE);
    }

    /**
     * Sends a request and waits for its answer. The calling thread must have {@linkplain #reserve
     * reserved} the process. Once this has returned or thrown, the worker is ready for another job,
     * or nothing is left of it.
     *
     * @return the answer, of type {@link FrameType#DATA} or {@link FrameType#ERROR}; null if the
     *     worker was gone before it received any part of the request
     * @throws WorkerProcessException if the worker has ended instead
     * @throws InterruptedException if the calling thread was interrupted; the worker is killed
     */
    @Nullable Frame call(byte[] body) throws InterruptedException {
        Request request = new Request(body, sharesMemory ? supervisor.memory() : null);
        PendingCall pendingCall = new PendingCall();
        current = pendingCall;
        if (gone.isDone()) {
            pendingCall.fail(gone.join()); // the monitor may have read the field before
        }
        CancelHook hook = onCancel();
        try {
            send(request, pendingCall);
            if (pendingCall.await() instanceof Frame answer && doom.get() == null) {
                jobs.incrementAndGet();
                return answer;
            }
        } catch (InterruptedException e) {
            cancel();
            throw e;
        } finally {
            if (hook != null) {
                hook.close();
            }
            pendingCall.awaitSent();
            limits.end(Limit.JOB);
            if (doom.get() != null || limits.exceeded()) {
                gone.join(); // before another task can get it
            }
            current = null;
            request.free();
        }
        WorkerEnd end = gone.join();
        if (!request.mayBeReceived() && end.cause() == RestartCause.CRASHED) {
            return null;
        }
        throw failure(end);
    }

    static WorkerProcessException failure(WorkerEnd end) {
        RestartCause cause = end.cause();
        return new WorkerProcessException(end, cause == null ? RestartCause.CANCELLED : cause);
    }

    /**
     * Registers a hook that kills the process when the task is cancelled, without waiting for its
     * thread.
     */
    private @Nullable CancelHook onCancel() {
        try {
            return Task.current().onCancel(this::cancel);
        } catch (IllegalStateException noTask) {
            return null; // a thread that works for a task, and is interrupted
        }
    }

    private void cancel() {
        doom(RestartCause.CANCELLED, "was killed because its task was cancelled");
    }

    /**
     * Leaves a write that may block to another thread, as a virtual one would keep its carrier
     * thread.
     */
    private void send(Request request, PendingCall pendingCall) {
        limits.begin(Limit.SEND, options.nanosOnTheWay(request.length()));
        Duration jobTimeout = options.jobTimeout();
        if (jobTimeout != null) {
            limits.begin(Limit.JOB, Nanos.of(jobTimeout));
        }
        if (request.isShort()) {
            write(request, pendingCall);
            return;
        }
        try {
            supervisor.senders().execute(() -> write(request, pendingCall));
        } catch (Throwable e) {
            doom(null, "was killed because no thread could send it a request: " + e);
            pendingCall.sent();
        }
    }

    private void write(Request request, PendingCall pendingCall) {
        Process started = process;
        try {
            if (started != null) {
                request.write(started.getOutputStream());
            }
        } catch (IOException e) {
            LOG.debug("Process {} does not read its request to the end", pid(), e);
            if (started != null) {
                closedPipe(started, "3, for requests");
            }
        } catch (Throwable e) {
            doom(null, "was killed because its request could not be written: " + e);
        } finally {
            if (request.mayBeReceived()) {
                used = true;
            }
            limits.end(Limit.SEND);
            pendingCall.sent();
        }
    }

    private static void write(OutputStream out, Frame frame) throws IOException {
        out.write(frame.header());
        out.write(frame.body());
        out.flush();
    }

    // For any thread.

    /**
     * Tells it to end, if it is idle or owned by this thread.
     *
     * @param from the state in which it must be
     * @param cause why it has to be replaced; null if it is merely no longer needed
     * @return whether it was in that state
     */
    boolean leave(State from, @Nullable RestartCause cause) {
        leaving = cause;
        if (!state.compareAndSet(from, State.LEAVING)) {
            return false;
        }
        limits.begin(Limit.EXIT, Nanos.of(options.ipcTimeout()));
        try {
            supervisor.senders().execute(this::sendShutDown);
        } catch (Throwable e) {
            doom(cause, "was killed because no thread could tell it to end: " + e);
        }
        return true;
    }

    /** Blocks if the worker has answered requests without reading them. */
    private void sendShutDown() {
        Process started = process;
        try {
            if (started != null) {
                write(started.getOutputStream(), new Frame(FrameType.SHUT_DOWN, new byte[0]));
            }
        } catch (IOException e) {
            LOG.debug("Process {} ended before it was told to", pid(), e);
        }
    }

    /**
     * Kills it; only the first reason that is given counts.
     *
     * @param cause why it has to be replaced; null if it does not
     * @param what what happened, as the rest of a sentence that begins with the process
     */
    void doom(@Nullable RestartCause cause, String what) {
        if (!doom.compareAndSet(null, new KillReason(cause, what))) {
            return;
        }
        State last;
        do {
            last = state.get();
        } while (last != State.GONE && !state.compareAndSet(last, State.DOOMED));
        kill();
    }

    private void kill() {
        Process started = process;
        if (started != null && started.isAlive()) {
            supervisor.watchdog().kill(started.pid());
            started.toHandle().destroyForcibly();
        }
    }

    /**
     * Kills it if something takes too long. For the supervisor's thread only.
     *
     * @return when to check again; {@code otherwise} if nothing is due before
     */
    long ensureOnTime(long now, long otherwise) {
        return limits.check(now, otherwise, this::tooLate);
    }

    private void tooLate(Limit limit) {
        String ipcTimeout = "ipc_timeout, " + Durations.describe(options.ipcTimeout());
        switch (limit) {
            case START ->
                    doom(
                            RestartCause.NOT_STARTED,
                            "was killed because it did not say hello within start_timeout, "
                                    + Durations.describe(options.startTimeout()));
            case SEND ->
                    doom(
                            RestartCause.IPC_TIMEOUT,
                            "was killed because it did not read the request within " + ipcTimeout);
            case RECEIVE ->
                    doom(
                            RestartCause.IPC_TIMEOUT,
                            "was killed because it began a frame but did not complete it within "
                                    + ipcTimeout);
            case JOB -> {
                Duration jobTimeout = options.jobTimeout();
                doom(
                        RestartCause.JOB_TIMEOUT,
                        "was killed because the job took longer than job_timeout, "
                                + (jobTimeout == null ? "" : Durations.describe(jobTimeout)));
            }
            case EXIT -> doom(leaving, "was told to shut down, and was killed because it did not");
        }
    }

    @Override
    public String toString() {
        return "WorkerProcess[%s, pid %d, %s]".formatted(options.pool(), pid(), state);
    }
}
