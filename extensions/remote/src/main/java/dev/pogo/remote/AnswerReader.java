package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.BlockingThread;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Reads the answers of a caller and gives them to their calls. An answer is taken from its list
 * only after it was read: if the connection breaks, it is read again, and then nobody waits for it.
 */
final class AnswerReader implements BlockingThread.Body {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerReader.class);
    private static final byte[] LEFT = bytes("LEFT");
    private static final int BATCH = 100;

    private final byte[] answers;
    private final byte[] blockSeconds;
    private final Map<Long, Call> calls;
    private final Runnable beforeEachWait;

    /**
     * @param beforeEachWait run by the thread before each wait
     */
    AnswerReader(
            byte[] answers, Heartbeat heartbeat, Map<Long, Call> calls, Runnable beforeEachWait) {
        this.answers = answers;
        this.blockSeconds = bytes(heartbeat.blockSeconds());
        this.calls = calls;
        this.beforeEachWait = beforeEachWait;
    }

    @Override
    public void use(Connection connection) {
        beforeEachWait.run();
        // The caller's list alone, so this waits for its first element without taking it.
        connection.sendCommand(Protocol.Command.BLMOVE, answers, answers, LEFT, LEFT, blockSeconds);
        if (!(connection.getOne() instanceof byte[] first)) {
            return;
        }
        give(first);
        int read = 1;
        while (read > 0) {
            connection.sendCommand(Protocol.Command.LTRIM, answers, bytes(read), bytes(-1));
            connection.sendCommand(Protocol.Command.LRANGE, answers, bytes(0), bytes(BATCH - 1));
            List<?> batch = (List<?>) connection.getMany(2).get(1);
            for (Object answer : batch) {
                give((byte[]) answer);
            }
            read = batch.size();
        }
    }

    private void give(byte[] message) {
        try {
            Answer answer = Answer.parse(message);
            Call call = calls.get(answer.header().request());
            if (call != null) {
                call.answered(answer);
            }
        } catch (IOException e) {
            LOG.warn(
                    "An answer of {} bytes cannot be understood: {}",
                    message.length,
                    e.getMessage());
        }
    }
}
