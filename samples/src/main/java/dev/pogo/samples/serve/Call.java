package dev.pogo.samples.serve;

import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.UnknownPoolException;

import java.time.Duration;

/**
 * One request, as its endpoint sees it.
 *
 * @param query the parameters in the URL
 * @param runtime the server's pools
 * @param scope the request's scope; it has the request's deadline and is closed for the endpoint
 * @param deadline the time that the request was given: more than any await in it needs
 */
record Call(Query query, PogoRuntime runtime, PogoScope scope, Duration deadline) {
    /** The name of the pool that the client asks for, which is one that exists. */
    String pool() {
        String pool = query.text("pool", "default");
        try {
            return runtime.pool(pool).name();
        } catch (UnknownPoolException e) {
            throw new InvalidParameterException(String.valueOf(e.getMessage()));
        }
    }
}
