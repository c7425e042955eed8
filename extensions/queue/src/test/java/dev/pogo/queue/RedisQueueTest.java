package dev.pogo.queue;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.extension.ExtendWith;

/** Queues in Redis. */
@ExtendWith(RedisExtension.class)
class RedisQueueTest extends QueueSuite {
    RedisQueueTest(RedisServer server) {
        super(RedisBackend.at(server.url()));
    }
}
