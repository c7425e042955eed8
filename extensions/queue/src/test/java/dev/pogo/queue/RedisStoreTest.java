package dev.pogo.queue;

import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** A queue in Redis. */
@ExtendWith(RedisExtension.class)
class RedisStoreTest {
    @Nested
    class Deliveries extends StoreSuite {
        Deliveries(RedisServer server) {
            super(RedisBackend.at(server.url()));
        }
    }

    @Nested
    class DeadLetters extends StoreDeadLettersSuite {
        DeadLetters(RedisServer server) {
            super(RedisBackend.at(server.url()));
        }
    }

    @Nested
    class Limits extends StoreLimitsSuite {
        Limits(RedisServer server) {
            super(RedisBackend.at(server.url()));
        }
    }
}
