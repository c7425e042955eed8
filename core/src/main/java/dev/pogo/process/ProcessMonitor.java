package dev.pogo.process;

import dev.pogo.process.WorkerProcess.KillReason;
import dev.pogo.process.WorkerProcess.State;
import dev.pogo.process.wire.ProtocolException;
import dev.pogo.process.wire.Region;
import dev.pogo.process.wire.SharedMemory;
import dev.pogo.process.wire.TruncatedFrameException;
import dev.pogo.util.Uninterruptibles;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Starts a worker process, waits for its exit, ends what it has left behind, and reports how it has
 * ended.
 *
 * <p>Three platform threads belong to a process: the monitor's, which waits for the exit, one that
 * reads its answers and one that reads its output. They are not virtual, because reading a pipe
 * holds a carrier thread, and because a worker has to be killed on time even while virtual threads
 * hold every carrier thread. There are three, because a process may exit and leave its pipes open
 * in another one, or close them and keep running.
 */
final class ProcessMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessMonitor.class);

    /** How long the rest of the output may take to arrive once nothing is left of the process. */
    private static final long OUTPUT_MILLIS = 1_000;

    private final WorkerProcess worker;
    private final Supervisor supervisor;
    private final ResolvedOptions options;
    private final TimeLimits limits;
    private final int number;
    private final WorkerOutput output;

    /** Remark about the worker's last frame, written by the reader. */
    private volatile String remark = "";

    ProcessMonitor(
            WorkerProcess worker,
            Supervisor supervisor,
            ResolvedOptions options,
            TimeLimits limits,
            int number) {
        this.worker = worker;
        this.supervisor = supervisor;
        this.options = options;
        this.limits = limits;
        this.number = number;
        this.output = new WorkerOutput(options.pool());
    }

    void start() {
        Threads.start(Threads.name(options.pool()), this::run);
    }

    /** The body of the monitor's thread. */
    private void run() {
        WorkerEnd end;
        SharedMemory memory = supervisor.memory();
        Region answers = memory == null ? null : memory.takeAnswers();
        try {
            end = liveOrKill(launch(memory), memory, answers);
        } catch (Throwable e) {
            end = notStarted(e);
        } finally {
            if (memory != null && answers != null) {
                memory.freeAnswers(answers);
            }
        }
        worker.end(end);
    }

    WorkerEnd notStarted(Throwable e) {
        String what =
                "the worker process (%s) could not be started: %s"
                        .formatted(supervisor.launcher().describeCommand(), e.getMessage());
        return new WorkerEnd(what, RestartCause.NOT_STARTED, 0, null, List.of(), e);
    }

    private Process launch(@Nullable SharedMemory memory) throws IOException {
        supervisor.watchdog().ensureRunning();
        return supervisor.launcher().startWorker(number, memory == null ? null : memory.path());
    }

    /** Runs {@link #live}, and leaves nothing behind, even if memory runs out. */
    private WorkerEnd liveOrKill(
            Process process, @Nullable SharedMemory memory, @Nullable Region answers) {
        try {
            return live(process, memory, answers);
        } catch (Throwable e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private WorkerEnd live(
            Process process, @Nullable SharedMemory memory, @Nullable Region answers) {
        long pid = process.pid();
        output.comesFrom(pid);
        supervisor.watchdog().add(pid); // before any thread can want it killed
        worker.has(process);
        ProcessTree tree = new ProcessTree(pid, supervisor.launcher().mark(number));
        Thread reader = null;
        Thread log = null;
        try {
            String name = Threads.name(options.pool());
            log = Threads.start(name, () -> output.read(process.getErrorStream()));
            ResponseReader said = new ResponseReader(worker, options, limits, memory, answers);
            reader = Threads.start(name, () -> converse(process, said));
            letGo(process);
        } catch (Throwable e) {
            worker.doom(RestartCause.NOT_STARTED, "was killed for want of threads: " + e);
        }
        int status = Uninterruptibles.forExit(process);
        tree.killRest();
        supervisor.watchdog().remove(pid);
        // The threads end by themselves, unless something that could not be killed holds their
        // pipes.
        boolean readerEnded = reader == null || Uninterruptibles.forEnd(reader, OUTPUT_MILLIS);
        boolean logEnded = log == null || Uninterruptibles.forEnd(log, OUTPUT_MILLIS);
        if (!readerEnded || !logEnded) {
            LOG.warn("The pipes of process {}, which has ended, are held by another one", pid);
        }
        close(process);
        return end(pid, status);
    }

    /** Lets the worker begin, now that the watchdog knows of it. */
    private static void letGo(Process process) {
        try {
            process.getOutputStream().write("go\n".getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
        } catch (IOException e) {
            LOG.debug("Process {} ended at once", process.pid(), e);
        }
    }

    /** The body of the reader's thread. */
    private void converse(Process process, ResponseReader said) {
        try {
            said.read(process.getInputStream());
            worker.closedPipe(process, "4, for answers");
        } catch (TruncatedFrameException e) {
            remark = ", and left " + e.getMessage();
            worker.closedPipe(process, "4, for answers, within a frame");
        } catch (ProtocolException e) {
            worker.doom(RestartCause.PROTOCOL, "was killed because it sent " + e.getMessage());
        } catch (IOException e) {
            LOG.debug("The pipe of process {} was closed", process.pid(), e);
            worker.closedPipe(process, "4, for answers");
        } catch (Throwable e) {
            worker.doom(
                    RestartCause.PROTOCOL, "was killed because what it sent was too much: " + e);
        }
    }

    private static void close(Process ended) {
        try {
            ended.getOutputStream().close();
            ended.getInputStream().close();
            ended.getErrorStream().close();
        } catch (IOException e) {
            LOG.debug("A pipe of process {} could not be closed", ended.pid(), e);
        }
    }

    private WorkerEnd end(long pid, int status) {
        KillReason doom = worker.doomed();
        State last = worker.state();
        RestartCause cause;
        String what;
        if (doom != null) {
            cause = doom.cause();
            what = doom.what();
        } else if (last == State.LEAVING) {
            cause = worker.leaving();
            what = "ended as requested";
        } else {
            cause = last == State.STARTING ? RestartCause.NOT_STARTED : RestartCause.CRASHED;
            what =
                    "ended "
                            + WorkerEnd.describeStatus(status)
                            + switch (last) {
                                case STARTING -> " before its hello" + hint(status);
                                case BUSY -> " while it ran the job";
                                default -> " while idle";
                            }
                            + remark;
        }
        String named =
                "process %d (%s) %s".formatted(pid, supervisor.launcher().describeCommand(), what);
        return new WorkerEnd(named, cause, pid, status, output.lastLines(), null);
    }

    /** Returns the meaning of the shell's exit statuses, for messages. */
    private static String hint(int status) {
        return switch (status) {
            case 126 -> ", which means that its command cannot be executed";
            case 127 -> ", which means that its command was not found";
            default -> "";
        };
    }
}
