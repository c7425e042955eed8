package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.BlockingThread;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Reads which requests a host is to cancel. */
final class CancelReader implements BlockingThread.Body {
    private final byte[] cancels;
    private final byte[] blockSeconds;
    private final Consumer<String> cancel;
    private final Runnable beforeEachWait;

    /**
     * @param beforeEachWait run by the thread before each wait
     */
    CancelReader(
            byte[] cancels, Heartbeat heartbeat, Consumer<String> cancel, Runnable beforeEachWait) {
        this.cancels = cancels;
        this.blockSeconds = bytes(heartbeat.blockSeconds());
        this.cancel = cancel;
        this.beforeEachWait = beforeEachWait;
    }

    @Override
    public void use(Connection connection) {
        beforeEachWait.run();
        connection.sendCommand(Protocol.Command.BLPOP, cancels, blockSeconds);
        if (connection.getOne() instanceof List<?> popped) {
            cancel.accept(new String((byte[]) popped.get(1), StandardCharsets.UTF_8));
        }
    }
}
