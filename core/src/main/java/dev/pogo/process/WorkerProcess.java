package dev.pogo.process;

import dev.pogo.CancelHook;
import dev.pogo.Task;
import dev.pogo.json.Durations;
import dev.pogo.process.TimeLimits.Limit;

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
 * One worker process, from before its start until nothing is left of it; its {@link Keeper} starts
 * it and sees to its end.
 *
 * <p>Whatever is wrong, there is one way out: {@link #doom} says why, once, and kills the process;
 * everything else follows from its exit. So no thread waits for a process that cannot end: a read
 * or write of a pipe ends when the process at its other end does.
 */
final class WorkerProcess {
    /** Leaves each state by one compare-and-set. */
    enum State {
        /** Until it has said hello. */
        STARTING,
        /** Ready for a job. */
        IDLE,
        /** The thread that has made it so works with it. */
        BUSY,
        /** Told to shut down, by the thread that has made it so. */
        LEAVING,
        /** It is being killed. */
        DOOMED,
        /** Nothing is left of it. */
        GONE
    }

    /**
     * Why it is killed.
     *
     * @param cause why it has to be replaced, null if it has not
     * @param what what has happened, as the rest of a sentence that begins with the process
     */
    record Doom(@Nullable RestartCause cause, String what) {}

    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    /** How long a process that closes its pipes may take to exit, which is mostly why it did. */
    private static final long EXIT_MILLIS = 200;

    private final Supervisor supervisor;
    private final Settings settings;
    private final Keeper keeper;
    private final TimeLimits limits;
    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);

    /** Set once, before the state is {@link State#DOOMED}. */
    private final AtomicReference<@Nullable Doom> doom = new AtomicReference<>();

    /** Done when nothing is left of it. */
    private final CompletableFuture<WorkerEnd> gone = new CompletableFuture<>();

    private final AtomicInteger jobs = new AtomicInteger();

    private final long startedAt = System.nanoTime();

    /** Set by the keeper; who dooms it looks here after it has said so, the keeper before. */
    private volatile @Nullable Process process;

    /** What the task's thread waits for; set by that thread. */
    private volatile @Nullable Exchange current;

    /** Set by the reader. */
    private volatile boolean ready;

    /** Whether it has received something of a request; set by who has written that. */
    private volatile boolean used;

    /** Whether it takes requests in shared memory; set by the reader before it is idle. */
    private volatile boolean sharesMemory;

    /** Why it was told to shut down; null too if it is just not needed. */
    private volatile @Nullable RestartCause leaving;

    WorkerProcess(Supervisor supervisor, Settings settings, int number) {
        this.supervisor = supervisor;
        this.settings = settings;
        this.limits = new TimeLimits(supervisor::dueAt);
        this.keeper = new Keeper(this, supervisor, settings, limits, number);
        limits.begin(Limit.START, Nanos.of(settings.startTimeout()));
    }

    /** Starts it, by and by; {@link Crew#ready} and {@link Supervisor#gone} tell. */
    void start() {
        try {
            keeper.start();
        } catch (Throwable e) {
            end(keeper.notStarted(e));
        }
    }

    /** For who cannot even try. */
    void notStarted(Throwable e) {
        end(keeper.notStarted(e));
    }

    State state() {
        return state.get();
    }

    /** When it was asked for. */
    long startedAt() {
        return startedAt;
    }

    /** Whether it has ever been fit for a job. */
    boolean wasReady() {
        return ready;
    }

    /** Whether it has been given a job, and be it that it has not done it. */
    boolean wasUsed() {
        return used;
    }

    int jobs() {
        return jobs.get();
    }

    /** 0 while there is no process yet. */
    long pid() {
        Process started = process;
        return started == null ? 0 : started.pid();
    }

    // For its keeper and its reader.

    /** The process is there; it is killed at once if it was doomed before. */
    void has(Process started) {
        process = started;
        if (doom.get() != null) {
            kill();
        }
    }

    @Nullable Doom doomed() {
        return doom.get();
    }

    @Nullable RestartCause leaving() {
        return leaving;
    }

    /** Nothing is left of it. */
    void end(WorkerEnd end) {
        state.set(State.GONE);
        try {
            supervisor.gone(this, end);
        } finally {
            gone.complete(end);
            Exchange waiting = current;
            if (waiting != null) {
                waiting.fail(end);
            }
        }
    }

    /** Answers its hello. */
    void greet(Frame hello, boolean usesSharedMemory) throws IOException {
        sharesMemory = usesSharedMemory;
        Process started = process;
        if (started != null) {
            write(started.getOutputStream(), hello);
        }
        limits.end(Limit.START);
        if (!limits.exceeded() && state.compareAndSet(State.STARTING, State.IDLE)) {
            ready = true;
            supervisor.crew().ready(this);
        }
    }

    /** It has answered; false would be a second answer. */
    void answered(Frame answer) throws ProtocolException {
        Exchange exchange = current;
        if (exchange == null || !exchange.answer(answer)) {
            throw new ProtocolException("an answer that nobody has asked for");
        }
    }

    /** Mostly it does so because it exits, and then that says more. */
    void closedPipe(Process started, String descriptor) {
        try {
            if (started.waitFor(EXIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ProcessTree.isExiting(started.pid())) {
            return; // its keeper is told soon
        }
        if (state.get() == State.LEAVING) {
            return; // it has as long as any that is told to end
        }
        doom(
                RestartCause.PROTOCOL,
                "was killed because it closed descriptor " + descriptor + ", and went on");
    }

    // For the task's thread.

    /** Makes it this thread's own, until {@link #release}. */
    boolean reserve() {
        return state.compareAndSet(State.IDLE, State.BUSY);
    }

    /** The other way round; false if it is no longer fit for another job. */
    boolean release() {
        return state.compareAndSet(State.BUSY, State.IDLE);
    }

    /**
     * Sends a request and waits for its answer. The calling thread has {@linkplain #reserve
     * reserved} it. Once this has returned or thrown, the worker is ready for another job, or
     * nothing is left of it.
     *
     * @return the answer, of type {@link FrameType#DATA} or {@link FrameType#ERROR}; null if the
     *     worker was gone before it received anything of the request
     * @throws WorkerProcessException if the worker has ended instead
     * @throws InterruptedException if the calling thread was interrupted; the worker is killed
     */
    @Nullable Frame call(byte[] body) throws InterruptedException {
        Request request = new Request(body, sharesMemory ? supervisor.memory() : null);
        Exchange exchange = new Exchange();
        current = exchange;
        if (gone.isDone()) {
            exchange.fail(gone.join()); // its keeper may have looked before
        }
        CancelHook hook = onCancel();
        try {
            send(request, exchange);
            if (exchange.await() instanceof Frame answer && doom.get() == null) {
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
            exchange.awaitSent();
            limits.end(Limit.JOB);
            if (doom.get() != null || limits.exceeded()) {
                gone.join(); // before another task has it
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

    /** Kills it for a task that is cancelled, without waiting for its thread. */
    private @Nullable CancelHook onCancel() {
        try {
            return Task.current().onCancel(this::cancel);
        } catch (IllegalStateException noTask) {
            return null; // a thread that works for one, and is interrupted
        }
    }

    private void cancel() {
        doom(RestartCause.CANCELLED, "was killed because its task was cancelled");
    }

    /** What may block is left to another thread, as a virtual one would keep its carrier. */
    private void send(Request request, Exchange exchange) {
        limits.begin(Limit.SEND, settings.nanosOnTheWay(request.length()));
        Duration jobTimeout = settings.jobTimeout();
        if (jobTimeout != null) {
            limits.begin(Limit.JOB, Nanos.of(jobTimeout));
        }
        if (request.isShort()) {
            write(request, exchange);
            return;
        }
        try {
            supervisor.senders().execute(() -> write(request, exchange));
        } catch (Throwable e) {
            doom(null, "was killed because no thread could send it a request: " + e);
            exchange.sent();
        }
    }

    private void write(Request request, Exchange exchange) {
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
            exchange.sent();
        }
    }

    private static void write(OutputStream out, Frame frame) throws IOException {
        out.write(frame.header());
        out.write(frame.body());
        out.flush();
    }

    // For any thread.

    /**
     * Tells it to end, if it is idle or this thread's own.
     *
     * @param from the state that it has to be in
     * @param cause why it has to be replaced; null if it is just not needed
     * @return whether it was in that state
     */
    boolean leave(State from, @Nullable RestartCause cause) {
        leaving = cause;
        if (!state.compareAndSet(from, State.LEAVING)) {
            return false;
        }
        limits.begin(Limit.EXIT, Nanos.of(settings.ipcTimeout()));
        try {
            supervisor.senders().execute(this::sendShutDown);
        } catch (Throwable e) {
            doom(cause, "was killed because no thread could tell it to end: " + e);
        }
        return true;
    }

    /** Waits if the worker has answered requests without reading them. */
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
     * Kills it; what has been said first counts.
     *
     * @param cause why it has to be replaced; null if it has not
     * @param what what has happened, as the rest of a sentence that begins with the process
     */
    void doom(@Nullable RestartCause cause, String what) {
        if (!doom.compareAndSet(null, new Doom(cause, what))) {
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
            supervisor.guard().kill(started.pid());
            started.toHandle().destroyForcibly();
        }
    }

    /**
     * Kills it if something takes too long. For the supervisor's thread.
     *
     * @return when to look again, {@code otherwise} if there is nothing to look for before
     */
    long ensureOnTime(long now, long otherwise) {
        return limits.check(now, otherwise, this::tooLate);
    }

    private void tooLate(Limit limit) {
        String ipcTimeout = "ipc_timeout, " + Durations.describe(settings.ipcTimeout());
        switch (limit) {
            case START ->
                    doom(
                            RestartCause.NOT_STARTED,
                            "was killed because it did not say hello within start_timeout, "
                                    + Durations.describe(settings.startTimeout()));
            case SEND ->
                    doom(
                            RestartCause.IPC_TIMEOUT,
                            "was killed because it did not read the request within " + ipcTimeout);
            case RECEIVE ->
                    doom(
                            RestartCause.IPC_TIMEOUT,
                            "was killed because it began a frame and did not end it within "
                                    + ipcTimeout);
            case JOB -> {
                Duration jobTimeout = settings.jobTimeout();
                doom(
                        RestartCause.JOB_TIMEOUT,
                        "was killed because the job took longer than job_timeout, "
                                + (jobTimeout == null ? "" : Durations.describe(jobTimeout)));
            }
            case EXIT -> doom(leaving, "was told to end, and was killed because it did not");
        }
    }

    @Override
    public String toString() {
        return "WorkerProcess[%s, pid %d, %s]".formatted(settings.pool(), pid(), state);
    }
}
