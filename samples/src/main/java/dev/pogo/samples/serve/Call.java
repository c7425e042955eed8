package dev.pogo.samples.serve;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;

import java.time.Duration;

/**
 * One request, as its endpoint sees it.
 *
 * @param query the parameters in the URL
 * @param runtime the server's pools
 * @param scope the request's scope; it has the request's deadline and is closed for the endpoint
 * @param deadline the time that the request was given: more than any await in it needs
 */
record Call(Query query, PogoRuntime runtime, PogoScope scope, Duration deadline) {}
