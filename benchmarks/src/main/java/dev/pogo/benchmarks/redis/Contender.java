package dev.pogo.benchmarks.redis;

import java.time.Duration;

/** Who is compared. */
enum Contender {
    /** A platform thread owns a connection and writes what it finds in its queue as a pipeline. */
    JEDIS_BATCHING {
        @Override
        Client open(int port, int poppers) {
            return new BatchingJedis(port);
        }
    },

    /** Jedis' own client with its pool of connections. */
    JEDIS_POOL {
        @Override
        Client open(int port, int poppers) {
            return new PooledJedis(port, Math.max(POOL, poppers + POOL));
        }
    },

    /** One connection for all, as it is by default. */
    LETTUCE {
        @Override
        Client open(int port, int poppers) {
            return LettuceClient.byDefault(port);
        }
    },

    /** One connection for all, and nothing is sent again or kept for later. */
    LETTUCE_NO_REPLAY {
        @Override
        Client open(int port, int poppers) {
            return LettuceClient.withoutReplay(port);
        }
    };

    /** How long a command may take. */
    static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final int POOL = 16;

    /**
     * Connects.
     *
     * @param poppers how many threads will call {@link Client#pop} at once
     */
    abstract Client open(int port, int poppers);
}
