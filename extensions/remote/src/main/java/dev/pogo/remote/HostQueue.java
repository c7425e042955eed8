package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.Pool;
import dev.pogo.WorkerResponse;
import dev.pogo.redis.BlockingThread;
import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.Outage;
import dev.pogo.remote.AnswerHeader.End;
import dev.pogo.remote.HostJob.Outcome;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import redis.clients.jedis.Protocol;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A queue that a host serves: runs each claimed request in a thread of its own, and has the answer
 * sent when nothing of the job runs any more.
 */
final class HostQueue {
    private static final Logger LOG = LoggerFactory.getLogger(HostQueue.class);

    private static final Outcome CLAIM_LOST =
            new Outcome(
                    End.REFUSED,
                    "it was claimed over a connection that broke before the request arrived",
                    null);

    private final PogoRuntime runtime;
    private final Pool pool;
    private final String queue;
    private final String host;
    private final Heartbeat heartbeat;
    private final Keys keys;
    private final HostCounters counters = new HostCounters();

    /** The jobs that run, by the ids of their requests. */
    private final ConcurrentHashMap<String, HostJob> running = new ConcurrentHashMap<>();

    /**
     * Requests that are to be cancelled and do not run here: not yet, or no more. Emptied at each
     * tick, since the caller repeats what is not heeded.
     */
    private final Set<String> early = ConcurrentHashMap.newKeySet();

    private final RequestCheck check;
    private final AnswerSender answers;
    private final CallerWatch watch;
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
        this.runtime = runtime;
        this.pool = pool;
        this.queue = queue;
        this.host = host;
        heartbeat = new Heartbeat(config.heartbeat());
        keys = new Keys(queue);
        check = new RequestCheck(config, jobs, counters);
        answers = new AnswerSender(config, host, keys, heartbeat, counters);
        watch = new CallerWatch(host, keys, heartbeat, running.values());
        claimer = new Claimer(keys, host, heartbeat, pool.size(), new Claims());
        Outage outage = new Outage(config.redis(), "Host " + host + ", queue " + queue + ",");
        commands =
                CommandThread.start(
                        new CommandThread.Options(
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
                        new CancelReader(
                                keys.cancels(host), heartbeat, this::cancel, commands::cutIfStuck));
        claims =
                BlockingThread.start(
                        "pogo-host-claims-" + queue,
                        config.redis(),
                        outage,
                        heartbeat.replyMillis(),
                        Scripts.OF_CLAIMERS,
                        claimer);
    }

    private void tick(CommandThread thread) {
        early.clear();
        answers.tick(thread);
        watch.tick(thread);
    }

    /** What the claimer has claimed. */
    private final class Claims implements Claimer.Sink {
        @Override
        public void claimed(String id, long keptMillis, byte[] message) {
            counters.claimed.increment();
            answers.expect(id);
            HostJob job;
            try {
                job = check.job(id, keptMillis, message);
            } catch (Refusal e) {
                answers.answer(commands, id, e.outcome());
                claimer.release();
                return;
            } catch (Throwable e) {
                counters.failed.increment();
                end(id, new Outcome(End.DONE, null, WorkerResponse.failure(e)));
                return;
            }
            start(id, job);
        }

        @Override
        public void all(List<String> ids) {
            for (String id : ids) {
                if (!answers.expects(id)) {
                    answers.answer(commands, id, CLAIM_LOST);
                }
            }
        }
    }

    private void start(String id, HostJob job) {
        running.put(id, job);
        if (early.remove(id)) {
            job.cancel();
        }
        try {
            Thread.ofVirtual().name("pogo-host-" + queue + "-" + id).start(() -> run(id, job));
        } catch (Throwable e) {
            counters.failed.increment();
            end(id, new Outcome(End.DONE, null, WorkerResponse.failure(e)));
        }
    }

    private void run(String id, HostJob job) {
        Outcome outcome = new Outcome(End.CANCELLED, "the thread of the job failed", null);
        try {
            outcome = job.run(runtime, pool.name());
            count(outcome);
        } finally {
            end(id, outcome);
        }
    }

    private void end(String id, Outcome outcome) {
        running.remove(id);
        try {
            answers.answer(commands, id, outcome);
        } finally {
            claimer.release();
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

    /** Called by the thread that reads the cancellations, which may be faster than the claim. */
    private void cancel(String id) {
        early.add(id);
        HostJob job = running.get(id);
        if (job != null) {
            early.remove(id);
            job.cancel();
        }
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
        send(
                Protocol.Command.SET,
                keys.stopped(host),
                bytes(1),
                bytes("PX"),
                bytes(heartbeat.keepMillis()));
    }

    /** Waits until nothing is being claimed any more, after {@link #stopClaiming}. */
    void awaitStopped() {
        claims.finish(heartbeat.block().multipliedBy(2));
        claims.close();
    }

    /** Waits for the jobs until a time, and cancels those that are left. */
    void drain(long end) {
        if (!claimer.awaitAll(end - System.nanoTime())) {
            LOG.warn(
                    "{} jobs of queue {} are cancelled, as host {} is closed",
                    running.size(),
                    queue,
                    host);
            running.values().forEach(HostJob::cancel);
        }
    }

    /** Waits until all jobs have ended, however long that takes. */
    void awaitJobs() {
        claimer.awaitAll(Long.MAX_VALUE >> 1);
    }

    /** Closes the connections, once no job is left. */
    void close() {
        answers.flush(heartbeat.awayNanos());
        cancels.close();
        send(Protocol.Command.ZREM, keys.hosts(), bytes(host));
        send(Protocol.Command.DEL, keys.cancels(host), keys.stopped(host));
        commands.close();
    }

    private void send(Protocol.Command name, byte[]... args) {
        commands.send(Command.of(name, Command.Reply.NONE, args));
    }
}
