package dev.pogo.remote;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * What a request says besides the job.
 *
 * @param version the version of the protocol; null stands for 1
 * @param leftMs the time that was left to the task when the request was sent; null if it has no
 *     limit
 * @param expiresMs how long Redis keeps the request
 * @param heartbeatMs the caller's heartbeat
 * @param mdc the caller's MDC, or null
 * @param trace the W3C headers of the caller's trace, or null
 */
record RequestHeader(
        @Nullable Integer version,
        @Nullable Long leftMs,
        long expiresMs,
        long heartbeatMs,
        @Nullable Map<String, String> mdc,
        @Nullable Map<String, String> trace) {}
