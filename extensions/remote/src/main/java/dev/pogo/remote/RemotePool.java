package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.InvalidPayloadException;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.Worker;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.WorkerSaturatedException;
import dev.pogo.redis.BlockingThread;
import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Durations;
import dev.pogo.redis.Outage;
import dev.pogo.redis.ProcessName;
import dev.pogo.remote.RemoteJobException.Reason;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import redis.clients.jedis.Protocol;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The worker of one pool of one runtime: sends the requests of its tasks, and waits for the
 * answers. A task whose work is cancelled waits until the job has ended on the other machine, as it
 * would wait for work in this process.
 */
final class RemotePool implements Worker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemotePool.class);

    /** Deadlines further away than this are none. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private final RemoteWorkers options;
    private final String pool;
    private final long claimNanos;
    private final Heartbeat heartbeat;
    private final String caller = ProcessName.unique();
    private final Keys keys;
    private final RemoteCounters counters = new RemoteCounters();

    /** The requests whose outcome is not known, and those that must be withdrawn still. */
    private final ConcurrentHashMap<Long, Call> calls = new ConcurrentHashMap<>();

    private final AtomicLong numbers = new AtomicLong();
    private final CallWatch watch;
    private final CommandThread commands;
    private final BlockingThread answers;

    /** Set once, by the thread that closes the runtime. */
    private volatile boolean closed;

    RemotePool(RemoteWorkers options, PoolConfig config) {
        this.options = options;
        pool = config.name();
        heartbeat = new Heartbeat(options.heartbeat());
        claimNanos =
                nanos(options.claimTimeout() == null ? config.maxWait() : options.claimTimeout());
        keys = new Keys(options.queue());
        watch = new CallWatch(caller, keys, heartbeat, calls.values(), counters);
        Outage outage = new Outage(options.redis(), "Pool " + pool);
        commands =
                CommandThread.start(
                        new CommandThread.Options(
                                "pogo-remote-commands-" + pool,
                                options.redis(),
                                outage,
                                heartbeat.replyMillis(),
                                Scripts.OF_CALLERS,
                                heartbeat.tickNanos(),
                                watch::tick));
        answers =
                BlockingThread.start(
                        "pogo-remote-answers-" + pool,
                        options.redis(),
                        outage,
                        heartbeat.replyMillis(),
                        List.of(),
                        new AnswerReader(
                                keys.answers(caller), heartbeat, calls, commands::cutIfStuck));
    }

    private static long nanos(Duration duration) {
        return (duration.compareTo(LONGEST) < 0 ? duration : LONGEST).toNanos();
    }

    @Override
    public WorkerResponse handle(WorkerRequest request) throws InterruptedException {
        byte[] job = request.toJson();
        Long left = millisLeft();
        long claimMillis = claimNanos / 1_000_000;
        long keepMillis =
                Math.min(claimMillis, left == null ? claimMillis : left)
                        + heartbeat.period().toMillis();
        byte[] message =
                Json.message(
                        new RequestHeader(
                                null,
                                left,
                                keepMillis,
                                heartbeat.period().toMillis(),
                                MDC.getCopyOfContextMap(),
                                TraceContext.current()),
                        job);
        ensureSize(message);
        Call call = new Call(numbers.incrementAndGet(), caller);
        calls.put(call.number(), call);
        try {
            send(call, message, keepMillis);
            WorkerResponse response = response(await(call));
            counters.answered(System.nanoTime() - call.since());
            return response;
        } catch (InterruptedException e) {
            counters.cancelled.increment();
            cancel(call);
            throw e;
        } catch (RemoteJobException e) {
            count(e);
            throw e;
        } finally {
            if (call.isSettled() || !call.isSent()) {
                calls.remove(call.number());
            }
        }
    }

    private static @Nullable Long millisLeft() {
        Duration left = Task.current().remaining();
        return left.compareTo(LONGEST) < 0 ? left.toMillis() : null;
    }

    private void ensureSize(byte[] message) {
        if (message.length > options.maxPayload()) {
            throw new RemoteJobException(
                    Reason.TOO_LARGE,
                    null,
                    "the request has %d bytes, more than max_payload, %d"
                            .formatted(message.length, options.maxPayload()),
                    null);
        }
    }

    private void send(Call call, byte[] message, long keepMillis) {
        if (closed) {
            throw closedException();
        }
        counters.sent.increment();
        commands.send(
                Command.of(
                        Protocol.Command.SET,
                        call.stored(),
                        keys.request(call.id()),
                        message,
                        bytes("PX"),
                        bytes(keepMillis)));
        commands.send(watch.push(call));
        call.sent();
        if (closed) {
            call.fail(closedException());
        }
    }

    private Answer await(Call call) throws InterruptedException {
        Answer outcome = call.await(claimNanos);
        if (outcome != null) {
            return outcome;
        }
        watch.withdraw(commands, call);
        outcome = call.await();
        if (outcome == Call.WITHDRAWN) {
            counters.unclaimed.increment();
            throw unclaimed();
        }
        return outcome;
    }

    private WorkerSaturatedException unclaimed() {
        return new WorkerSaturatedException(
                "no host claimed the job within claim_timeout of %s: %d hosts serve queue %s of %s, %d requests are in the queue"
                        .formatted(
                                Durations.describe(Duration.ofNanos(claimNanos)),
                                counters.hosts.get(),
                                options.queue(),
                                options.redis(),
                                counters.queued.get()));
    }

    private WorkerResponse response(Answer answer) throws InterruptedException {
        AnswerHeader header = answer.header();
        AnswerHeader.End end = header.end();
        if (end == null) {
            throw invalid(header, "it does not say how the job has ended", null);
        }
        return switch (end) {
            case DONE -> parse(answer);
            case REFUSED -> throw ended(Reason.REFUSED, header, "refused the request");
            case CANCELLED -> throw ended(Reason.HOST_CLOSED, header, "ended the job early");
            case EXPIRED -> {
                awaitOwnDeadline();
                throw ended(Reason.EXPIRED, header, "ended the job early");
            }
        };
    }

    private static WorkerResponse parse(Answer answer) {
        try {
            return WorkerResponse.parse(answer.body());
        } catch (InvalidPayloadException e) {
            throw invalid(answer.header(), String.valueOf(e.getMessage()), e);
        }
    }

    private static RemoteJobException invalid(
            AnswerHeader header, String problem, @Nullable Exception cause) {
        return new RemoteJobException(
                Reason.INVALID_ANSWER,
                header.host(),
                "the answer of host %s cannot be understood: %s".formatted(header.host(), problem),
                cause);
    }

    private static RemoteJobException ended(Reason reason, AnswerHeader header, String what) {
        return new RemoteJobException(
                reason,
                header.host(),
                "host %s %s: %s".formatted(header.host(), what, header.error()),
                null);
    }

    /** The host's clock may be a little ahead: the task is about to be cancelled here as well. */
    private void awaitOwnDeadline() throws InterruptedException {
        Duration left = Task.current().remaining();
        if (left.compareTo(heartbeat.period()) < 0) {
            Thread.sleep(left.plus(heartbeat.period()));
        }
    }

    /**
     * Takes the request back, or has the job cancelled and waits until it has ended. If Redis is
     * silent, it waits no longer: the watch goes on in the background.
     */
    private void cancel(Call call) {
        watch.cancel(commands, call);
        boolean interrupted = false;
        try {
            while (!call.isSettled()) {
                try {
                    call.await(heartbeat.tickNanos());
                    if (!call.isSettled() && watch.silence() > heartbeat.cancelNanos()) {
                        counters.lost.increment();
                        LOG.warn(
                                "Redis at {} has been silent or has refused to write for {}, so"
                                    + " request {} of pool {} is cancelled when it is back; its job"
                                    + " may run until then",
                                options.redis(),
                                Durations.describe(Duration.ofNanos(watch.silence())),
                                call.id(),
                                pool);
                        return;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (RemoteJobException e) {
            count(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void count(RemoteJobException e) {
        switch (e.reason()) {
            case HOST_LOST, FORGOTTEN, REDIS_LOST, INVALID_ANSWER -> counters.lost.increment();
            case NOT_SENT, TOO_LARGE, CLOSED -> counters.notSent.increment();
            case REFUSED, HOST_CLOSED, EXPIRED -> counters.refused.increment();
        }
    }

    private RemoteJobException closedException() {
        return new RemoteJobException(
                Reason.CLOSED, null, "the runtime of pool " + pool + " is closed", null);
    }

    RemoteStats stats() {
        return RemoteStats.of(counters, calls.size());
    }

    /** Closes the connections. The runtime has waited for all tasks before. */
    @Override
    public void close() {
        closed = true;
        answers.close();
        calls.values().forEach(call -> call.fail(closedException()));
        commands.send(
                Command.of(
                        Protocol.Command.ZREM, Command.Reply.NONE, keys.callers(), bytes(caller)));
        commands.send(
                Command.of(
                        Protocol.Command.DEL,
                        Command.Reply.NONE,
                        keys.answers(caller),
                        keys.claims(caller)));
        commands.close();
    }
}
