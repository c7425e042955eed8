package dev.pogo.remote;

import dev.pogo.InvalidPayloadException;
import dev.pogo.PogoConfig;
import dev.pogo.WorkerRequest;
import dev.pogo.remote.AnswerHeader.End;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;

/** Decides whether a host runs a request, which is data from outside. Immutable. */
final class RequestCheck {
    /** The version of the protocol. */
    private static final int VERSION = 1;

    private final HostConfig config;
    private final PogoConfig jobs;
    private final HostCounters counters;

    /**
     * @param jobs the configuration that says which job classes may be run
     */
    RequestCheck(HostConfig config, PogoConfig jobs, HostCounters counters) {
        this.config = config;
        this.jobs = jobs;
        this.counters = counters;
    }

    /**
     * Returns the job that a request asks for.
     *
     * @param keptMillis for how long Redis would have kept the request
     * @throws Refusal if it is not run
     */
    HostJob job(String id, long keptMillis, byte[] message) throws Refusal {
        if (message.length > config.maxPayload()) {
            counters.tooLarge.increment();
            throw new Refusal(
                    End.REFUSED,
                    "the request has %d bytes, more than max_payload, %d"
                            .formatted(message.length, config.maxPayload()));
        }
        RequestHeader header;
        WorkerRequest request;
        try {
            header = Json.header(message, RequestHeader.class);
            request = WorkerRequest.parse(Json.body(message));
        } catch (IOException | InvalidPayloadException e) {
            throw malformed("the request cannot be understood: " + e.getMessage());
        }
        if (header.version() != null && header.version() != VERSION) {
            throw malformed(
                    "its protocol has version %d, that of the request %d"
                            .formatted(VERSION, header.version()));
        }
        long heartbeat = config.heartbeat().toMillis();
        if (header.heartbeatMs() != heartbeat) {
            throw malformed(
                    "its heartbeat is %d ms, and the caller's %d ms; configure the same"
                            .formatted(heartbeat, header.heartbeatMs()));
        }
        if (!jobs.allowsJob(request.jobClass())) {
            counters.notAllowed.increment();
            throw new Refusal(
                    End.REFUSED,
                    "job class \"%s\" is not on its allow-list, \"jobs\" in its configuration"
                            .formatted(request.jobClass()));
        }
        return new HostJob(id, header, request, timeLeft(header, keptMillis));
    }

    private Refusal malformed(String message) {
        counters.malformed.increment();
        return new Refusal(End.REFUSED, message);
    }

    /** Returns the time that is left to the job, null if it is not limited. */
    private @Nullable Duration timeLeft(RequestHeader header, long keptMillis) throws Refusal {
        if (header.leftMs() == null) {
            return null;
        }
        long inQueue = Math.max(0, header.expiresMs() - keptMillis);
        Duration left = Duration.ofMillis(header.leftMs() - inQueue);
        if (!left.isPositive()) {
            counters.expired.increment();
            throw new Refusal(
                    End.EXPIRED,
                    "the request was in the queue for %d ms, and %d ms were left to its task"
                            .formatted(inQueue, header.leftMs()));
        }
        return left;
    }
}
