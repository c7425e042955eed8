package dev.pogo.redis;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A reply to one command, for a thread that waits for it. Any thread may wait. */
public final class PendingReply implements Command.Reply {
    private final CompletableFuture<@Nullable Object> reply = new CompletableFuture<>();

    /** Creates a reply that has not come yet. */
    public PendingReply() {}

    @Override
    public void done(@Nullable Object value) {
        reply.complete(value);
    }

    @Override
    public void failed(RedisException e) {
        reply.completeExceptionally(e);
    }

    /**
     * Waits for the reply. The wait is longer than the time that the connection itself allows,
     * since the connection can tell what has failed.
     *
     * @param thread the thread that sends the command; if it is stuck, its connection is cut
     * @param replyMillis how long a reply may take, as the thread was told
     * @return the value
     * @throws RedisException if the command has failed
     * @throws TimeoutException if there is no reply within twice that time
     * @throws InterruptedException if the calling thread is interrupted
     */
    public @Nullable Object await(CommandThread thread, int replyMillis)
            throws InterruptedException, TimeoutException {
        try {
            try {
                return reply.get(replyMillis, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                thread.cutIfStuck();
                return reply.get(replyMillis, TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisException failure) {
                throw failure;
            }
            throw new AssertionError("it fails by nothing else", e.getCause());
        }
    }
}
