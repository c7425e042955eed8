package dev.pogo.samples.serve;

import io.helidon.webserver.CloseConnectionException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The reading side of a connection, which also notices that the client has gone.
 *
 * <p>A connection that the client has closed looks like any other until somebody reads from it. So
 * while a request is being worked on, another thread reads on: what it gets is either the next
 * request, which is kept until the server asks for it, or the end. A client that only closes its
 * sending half and waits for the answer cannot be told from one that has gone, and is taken for
 * that; so does Go's {@code net/http}.
 *
 * <p>All methods are for the connection's own thread.
 */
final class Client implements Supplier<byte @Nullable []> {
    private static final Executor READERS =
            reading -> Thread.ofVirtual().name("samples/read-ahead").start(reading);

    private final Supplier<byte @Nullable []> connection;

    /** What is being read ahead, null if nothing is. */
    private @Nullable CompletableFuture<byte @Nullable []> ahead;

    /** Reads from the connection: blocks until there are bytes, and gives null at its end. */
    Client(Supplier<byte @Nullable []> connection) {
        this.connection = connection;
    }

    @Override
    public byte @Nullable [] get() {
        CompletableFuture<byte @Nullable []> reading = ahead;
        if (reading == null) {
            return connection.get();
        }
        try {
            byte[] bytes = reading.get();
            ahead = null;
            return bytes;
        } catch (ExecutionException e) {
            throw new CloseConnectionException("the connection cannot be read from", e.getCause());
        } catch (InterruptedException e) {
            throw new CloseConnectionException("interrupted, as the server stops", e);
        }
    }

    /**
     * Does work that nobody wants if the client goes: then the calling thread is interrupted.
     *
     * @param work what to do
     * @return what the work gave
     * @throws CloseConnectionException if the client went before the work had ended, whatever the
     *     work did then
     * @throws Exception what the work threw
     */
    <T> T whileConnected(Callable<T> work) throws Exception {
        Interruption interruption = new Interruption();
        var unused =
                readAhead()
                        .whenComplete((bytes, failure) -> {
                            if (bytes == null) {
                                interruption.interrupt();
                            }
                        });
        try {
            T result = work.call();
            ensureStillThere(interruption, null);
            return result;
        } catch (Exception e) {
            ensureStillThere(interruption, e);
            throw e;
        } finally {
            interruption.end();
        }
    }

    private static void ensureStillThere(Interruption interruption, @Nullable Exception outcome) {
        if (interruption.end()) {
            throw new CloseConnectionException("the client has gone", outcome);
        }
    }

    private CompletableFuture<byte @Nullable []> readAhead() {
        CompletableFuture<byte @Nullable []> reading = ahead;
        if (reading == null) {
            reading = CompletableFuture.supplyAsync(connection, READERS);
            ahead = reading;
        }
        return reading;
    }
}
