package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.WorkerResponse;
import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.RedisException;
import dev.pogo.remote.HostJob.Outcome;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Gives the answers of a host to their callers. An answer has an effect only once, while the host
 * has the claim; so one whose command has failed is sent again.
 */
final class AnswerSender {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerSender.class);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final HostConfig config;
    private final String host;
    private final Keys keys;
    private final Heartbeat heartbeat;
    private final HostCounters counters;

    /** Joins the answers that are sent at once. */
    private final Command.Joint joint = this::command;

    /** The requests that were claimed and whose answers have not arrived at the server. */
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

    /** Answers whose command has failed. Owned by the command thread. */
    private final List<byte[][]> unsent = new ArrayList<>();

    AnswerSender(
            HostConfig config, String host, Keys keys, Heartbeat heartbeat, HostCounters counters) {
        this.config = config;
        this.host = host;
        this.keys = keys;
        this.heartbeat = heartbeat;
        this.counters = counters;
    }

    /** Records a request that will have an answer. */
    void expect(String id) {
        unanswered.add(id);
    }

    /** Returns whether a request is expected to have an answer that has not arrived. */
    boolean expects(String id) {
        return unanswered.contains(id);
    }

    void answer(CommandThread commands, String id, Outcome outcome) {
        int slash = id.lastIndexOf('/');
        String number = id.substring(slash + 1);
        commands.send(
                Command.part(
                        joint,
                        bytes(id.substring(0, slash)),
                        bytes(number),
                        message(Long.parseLong(number), outcome)));
    }

    /** Sends again what has failed. For the command thread. */
    void tick(CommandThread commands) {
        unsent.forEach(part -> commands.send(Command.part(joint, part)));
        unsent.clear();
    }

    /** Waits until all answers have arrived, for a bounded time. The ticks go on meanwhile. */
    void flush(long nanos) {
        long end = System.nanoTime() + nanos;
        while (!unanswered.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        if (!unanswered.isEmpty()) {
            LOG.warn("{} answers of host {} are lost, as it is closed", unanswered.size(), host);
        }
    }

    private Command command(List<byte[][]> parts) {
        byte[][] args = new byte[3 + 3 * parts.size()][];
        args[0] = keys.prefix();
        args[1] = bytes(host);
        args[2] = bytes(heartbeat.keepMillis());
        for (int i = 0; i < parts.size(); i++) {
            System.arraycopy(parts.get(i), 0, args, 3 + 3 * i, 3);
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

    private static String idOf(byte[][] part) {
        return new String(part[0], StandardCharsets.UTF_8)
                + '/'
                + new String(part[1], StandardCharsets.UTF_8);
    }

    /** Returns the answer, or one that says why it cannot be made: the caller waits for either. */
    private byte[] message(long number, Outcome outcome) {
        try {
            WorkerResponse response = outcome.response();
            if (response != null && !response.ok()) {
                response = WorkerResponse.failure("on host " + host + ": " + response.error());
            }
            AnswerHeader header = new AnswerHeader(number, outcome.end(), host, outcome.error());
            byte[] message = Json.message(header, response == null ? null : response.toJson());
            return message.length <= config.maxPayload()
                    ? message
                    : failure(
                            number,
                            "the answer has %d bytes, more than max_payload, %d"
                                    .formatted(message.length, config.maxPayload()));
        } catch (Throwable e) {
            return failure(number, "the answer cannot be sent: " + e);
        }
    }

    private byte[] failure(long number, String problem) {
        return Json.message(
                new AnswerHeader(number, AnswerHeader.End.DONE, host, null),
                WorkerResponse.failure("on host " + host + ": " + problem).toJson());
    }
}
