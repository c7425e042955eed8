package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.InvalidPayloadException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.Pool;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.redis.BlockingThread;
import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Outage;
import dev.pogo.redis.RedisException;
import dev.pogo.remote.AnswerHeader.End;
import dev.pogo.remote.HostJob.Outcome;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import redis.clients.jedis.Protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A queue that a host serves: claims requests while the pool has permits for them, runs each in a
 * thread of its own, and gives the answers back. Jobs of callers that are lost are cancelled.
 */
final class HostQueue {
    private static final Logger LOG = LoggerFactory.getLogger(HostQueue.class);

    private static final Outcome CLAIM_LOST =
            new Outcome(
                    End.REFUSED,
                    "it was claimed over a connection that broke before the request arrived",
                    null);

    private final HostConfig config;
    private final PogoConfig jobs;
    private final PogoRuntime runtime;
    private final Pool pool;
    private final String queue;
    private final String host;
    private final Heartbeat heartbeat;
    private final Keys keys;
    private final HostCounters counters = new HostCounters();

    /** The jobs that run, by the ids of their requests. */
    private final ConcurrentHashMap<String, HostJob> running = new ConcurrentHashMap<>();

    /** Owned by the command thread. */
    private final Presence callers;

    /** The requests that were claimed and whose answers have not arrived at the server. */
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

    /**
     * Answers whose command has failed. They are sent again at the next tick: an answer has an
     * effect only once. Owned by the command thread.
     */
    private final List<byte[][]> unsent = new ArrayList<>();

    /** Joins the answers that are sent at once. */
    private final Command.Joint answers = this::answers;

    private final Claimer claimer;
    private final CommandThread commands;
    private final BlockingThread claims;
    private final BlockingThread cancels;

    HostQueue(
            HostConfig config,
            PogoConfig jobs,
            PogoRuntime runtime,
            Pool pool,
            String queue,
            String host) {
        this.config = config;
        this.jobs = jobs;
        this.runtime = runtime;
        this.pool = pool;
        this.queue = queue;
        this.host = host;
        heartbeat = new Heartbeat(config.heartbeat());
        keys = new Keys(queue);
        callers = new Presence(heartbeat, System.nanoTime());
        claimer = new Claimer(keys, host, heartbeat, pool.size(), claimSink());
        Outage outage = new Outage(config.redis(), "Host " + host + ", queue " + queue + ",");
        commands =
                CommandThread.start(
                        new CommandThread.Builder(
                                "pogo-host-commands-" + queue,
                                config.redis(),
                                outage,
                                heartbeat.replyMillis(),
                                Scripts.OF_HOSTS,
                                heartbeat.tickNanos(),
                                this::tick));
        cancels =
                BlockingThread.start(
                        "pogo-host-cancels-" + queue,
                        config.redis(),
                        outage,
                        heartbeat.replyMillis(),
                        List.of(),
                        new CancelReader(keys.cancels(host), heartbeat, this::cancel));
        claims =
                BlockingThread.start(
                        "pogo-host-claims-" + queue,
                        config.redis(),
                        outage,
                        heartbeat.replyMillis(),
                        Scripts.OF_CLAIMERS,
                        claimer);
    }

    private Claimer.Sink claimSink() {
        return new Claimer.Sink() {
            @Override
            public void claimed(String id, long keptMillis, byte[] message) {
                HostQueue.this.claimed(id, keptMillis, message);
            }

            @Override
            public void all(List<String> ids) {
                for (String id : ids) {
                    if (!unanswered.contains(id)) {
                        answer(id, CLAIM_LOST); // without effect if its own answer is under way
                    }
                }
            }
        };
    }

    private void claimed(String id, long keptMillis, byte[] message) {
        counters.claimed.increment();
        unanswered.add(id);
        HostJob job;
        try {
            if (message.length > config.maxPayload()) {
                throw new Refusal(
                        counters.tooLarge,
                        End.REFUSED,
                        "the request has %d bytes, more than max_payload, %d"
                                .formatted(message.length, config.maxPayload()));
            }
            job = job(id, keptMillis, message);
        } catch (Refusal e) {
            e.counter.increment();
            answer(id, new Outcome(e.end, e.getMessage(), null));
            claimer.release();
            return;
        }
        running.put(id, job);
        try {
            Thread.ofVirtual().name("pogo-host-" + queue + "-" + id).start(() -> run(id, job));
        } catch (Throwable e) {
            running.remove(id);
            answer(id, new Outcome(End.DONE, null, WorkerResponse.failure(e)));
            claimer.release();
        }
    }

    /** Why a request is not run. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        private final transient LongAdder counter;
        private final End end;

        Refusal(LongAdder counter, End end, String message) {
            super(message);
            this.counter = counter;
            this.end = end;
        }
    }

    private HostJob job(String id, long keptMillis, byte[] message) throws Refusal {
        RequestHeader header;
        WorkerRequest request;
        try {
            header = Json.header(message, RequestHeader.class);
            request = WorkerRequest.parse(Json.body(message));
        } catch (IOException | InvalidPayloadException e) {
            throw new Refusal(
                    counters.malformed,
                    End.REFUSED,
                    "the request cannot be understood: " + e.getMessage());
        }
        if (header.heartbeatMs() < heartbeat.period().toMillis()) {
            throw new Refusal(
                    counters.malformed,
                    End.REFUSED,
                    "its heartbeat, %d ms, is longer than the caller's, %d ms; configure the same"
                            .formatted(heartbeat.period().toMillis(), header.heartbeatMs()));
        }
        if (!jobs.allowsJob(request.jobClass())) {
            throw new Refusal(
                    counters.notAllowed,
                    End.REFUSED,
                    "job class \"%s\" is not on its allow-list, \"jobs\" in its configuration"
                            .formatted(request.jobClass()));
        }
        Duration left = null;
        if (header.leftMs() != null) {
            long inQueue = Math.max(0, header.expiresMs() - keptMillis);
            left = Duration.ofMillis(header.leftMs() - inQueue);
            if (!left.isPositive()) {
                throw new Refusal(
                        counters.expired,
                        End.EXPIRED,
                        "the request was in the queue for %d ms, and %d ms were left to its task"
                                .formatted(inQueue, header.leftMs()));
            }
        }
        return new HostJob(id, header, request, left);
    }

    private void run(String id, HostJob job) {
        Outcome outcome = new Outcome(End.CANCELLED, "the thread of the job failed", null);
        try {
            outcome = job.run(runtime, pool.name());
            count(outcome);
        } finally {
            running.remove(id);
            try {
                answer(id, outcome);
            } finally {
                claimer.release();
            }
        }
    }

    private void count(Outcome outcome) {
        switch (outcome.end()) {
            case DONE -> {
                boolean ok = outcome.response() != null && outcome.response().ok();
                (ok ? counters.done : counters.failed).increment();
            }
            case CANCELLED -> counters.cancelled.increment();
            case EXPIRED -> counters.expired.increment();
            case REFUSED -> throw new AssertionError();
        }
    }

    private void answer(String id, Outcome outcome) {
        int slash = id.lastIndexOf('/');
        String number = id.substring(slash + 1);
        byte[] message = message(Long.parseLong(number), outcome);
        commands.send(Command.part(answers, bytes(id.substring(0, slash)), bytes(number), message));
    }

    /** Returns the command that gives answers to their callers. */
    private Command answers(List<byte[][]> parts) {
        byte[][] args = new byte[2 + 3 * parts.size()][];
        args[0] = keys.prefix();
        args[1] = bytes(heartbeat.keepMillis());
        for (int i = 0; i < parts.size(); i++) {
            System.arraycopy(parts.get(i), 0, args, 2 + 3 * i, 3);
        }
        return Command.run(
                Scripts.ANSWER,
                new Command.Reply() {
                    @Override
                    public void done(@Nullable Object value) {
                        counters.unheard.add(parts.size() - (value instanceof Long n ? n : 0));
                        parts.forEach(part -> unanswered.remove(idOf(part)));
                    }

                    @Override
                    public void failed(RedisException e) {
                        unsent.addAll(parts);
                    }
                },
                keys.queue(),
                args);
    }

    private byte[] message(long number, Outcome outcome) {
        WorkerResponse response = outcome.response();
        if (response != null && !response.ok()) {
            response = WorkerResponse.failure("on host " + host + ": " + response.error());
        }
        AnswerHeader header = new AnswerHeader(number, outcome.end(), host, outcome.error());
        byte[] message = Json.message(header, response == null ? null : response.toJson());
        if (message.length <= config.maxPayload()) {
            return message;
        }
        return Json.message(
                header,
                WorkerResponse.failure(
                                "on host %s: the answer has %d bytes, more than max_payload, %d"
                                        .formatted(host, message.length, config.maxPayload()))
                        .toJson());
    }

    private void cancel(String id) {
        HostJob job = running.get(id);
        if (job != null) {
            job.cancel();
        }
    }

    /** Called by the command thread, which may be running before the constructor has ended. */
    @SuppressWarnings("NullAway")
    private void tick() {
        if (commands == null) {
            return;
        }
        if (commands.silence().toNanos() > heartbeat.awayNanos()) {
            giveUp();
        }
        unsent.forEach(part -> commands.send(Command.part(answers, part)));
        unsent.clear();
        Map<String, List<HostJob>> byCaller = new TreeMap<>();
        for (HostJob job : running.values()) {
            byCaller.computeIfAbsent(job.caller(), any -> new ArrayList<>()).add(job);
        }
        byte[][] args = new byte[3 + byCaller.size()][];
        args[0] = keys.prefix();
        args[1] = bytes(host);
        args[2] = bytes(heartbeat.keepMillis());
        int next = 3;
        for (String caller : byCaller.keySet()) {
            args[next++] = bytes(caller);
        }
        commands.send(
                Command.run(
                        Scripts.BEAT,
                        new Command.Reply() {
                            @Override
                            public void done(@Nullable Object value) {
                                looked(byCaller, (List<?>) value);
                            }

                            @Override
                            public void failed(RedisException e) {
                                // The next tick tries again.
                            }
                        },
                        keys.queue(),
                        args));
    }

    /** Ends what the callers have given up, as they cannot reach the server either. */
    private void giveUp() {
        running.values().forEach(HostJob::cancel);
        if (!unsent.isEmpty()) {
            counters.unheard.add(unsent.size());
            LOG.warn("{} answers to requests of queue {} are lost", unsent.size(), queue);
            unsent.forEach(part -> unanswered.remove(idOf(part)));
            unsent.clear();
        }
    }

    private static String idOf(byte[][] part) {
        return text(part[0]) + '/' + text(part[1]);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void looked(Map<String, List<HostJob>> byCaller, @Nullable List<?> beats) {
        callers.begin(System.nanoTime());
        Iterator<?> beat = beats == null ? List.of().iterator() : beats.iterator();
        byCaller.forEach((caller, theirs) -> {
            Object read = beat.next();
            long silence =
                    callers.silence(
                            caller,
                            read instanceof byte[] time
                                    ? new String(time, StandardCharsets.US_ASCII)
                                    : null);
            if (callers.isLost(silence)) {
                LOG.warn(
                        "Caller {} was last seen {} ms ago and counts as lost: its {} jobs"
                                + " of queue {} are cancelled",
                        caller,
                        TimeUnit.NANOSECONDS.toMillis(silence),
                        theirs.size(),
                        queue);
                theirs.forEach(HostJob::cancel);
            }
        });
        callers.end();
    }

    HostStats stats() {
        return new HostStats(
                queue,
                pool.name(),
                running.size(),
                counters.claimed.sum(),
                counters.done.sum(),
                counters.failed.sum(),
                counters.cancelled.sum(),
                counters.expired.sum(),
                counters.notAllowed.sum(),
                counters.malformed.sum(),
                counters.tooLarge.sum(),
                counters.unheard.sum());
    }

    /** Claims no further requests. */
    void stopClaiming() {
        claimer.stop();
        commands.send(
                Command.of(
                        Protocol.Command.SET,
                        Command.Reply.NONE,
                        keys.stopped(host),
                        bytes(1),
                        bytes("PX"),
                        bytes(heartbeat.keepMillis())));
        claims.finish(heartbeat.period().multipliedBy(2));
        claims.close();
    }

    /** Waits for the jobs until a time, and cancels those that are left. */
    void drain(long end) {
        if (!claimer.awaitAll(end - System.nanoTime())) {
            Set<String> left = Set.copyOf(running.keySet());
            LOG.warn(
                    "{} jobs of queue {} are cancelled, as the host is closed", left.size(), queue);
            running.values().forEach(HostJob::cancel);
        }
    }

    /** Closes the connections, once no job is left. */
    void close() {
        cancels.close();
        commands.send(
                Command.of(Protocol.Command.ZREM, Command.Reply.NONE, keys.hosts(), bytes(host)));
        commands.send(
                Command.of(
                        Protocol.Command.DEL,
                        Command.Reply.NONE,
                        keys.cancels(host),
                        keys.stopped(host)));
        commands.close();
    }
}
