package dev.pogo.redis;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A reply that a test waits for. */
final class Replies implements Command.Reply {
    private final CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();

    @Override
    public void done(@Nullable Object value) {
        if (!outcome.complete(value)) {
            throw new AssertionError("a second reply");
        }
    }

    @Override
    public void failed(RedisException e) {
        if (!outcome.completeExceptionally(e)) {
            throw new AssertionError("a second reply");
        }
    }

    boolean isThere() {
        return outcome.isDone();
    }

    /** Returns the value as text. */
    String await() throws InterruptedException {
        try {
            Object value = outcome.get(20, TimeUnit.SECONDS);
            return value instanceof byte[] text
                    ? new String(text, StandardCharsets.UTF_8)
                    : String.valueOf(value);
        } catch (ExecutionException e) {
            throw (RedisException) e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("no reply", e);
        }
    }
}
