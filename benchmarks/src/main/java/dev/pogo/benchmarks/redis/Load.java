package dev.pogo.benchmarks.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What callers do again and again. */
enum Load {
    /** SET and GETDEL of 200 bytes, under a key of the caller's own. */
    SHORT {
        @Override
        Step of(Client client, int caller) {
            byte[] key = bytes("key:" + caller);
            return () -> {
                client.set(key, VALUE);
                if (client.take(key) == null) {
                    throw new IllegalStateException("the value is not there");
                }
                return 2;
            };
        }
    },

    /** SET of 200 bytes in batches of a hundred. */
    PIPELINE {
        @Override
        Step of(Client client, int caller) {
            List<byte[]> keys =
                    IntStream.range(0, BATCH)
                            .mapToObj(i -> bytes("key:" + caller + ":" + i))
                            .toList();
            return () -> {
                client.setAll(keys, VALUE);
                return BATCH;
            };
        }
    },

    /** BLPOP, fed by some more callers; counted are the elements that have arrived. */
    POP {
        @Override
        Step of(Client client, int caller) {
            byte[] list = bytes("list");
            if (caller < 0) {
                return () -> {
                    if (UNDERWAY.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                        client.push(list, VALUE);
                    }
                    return 0;
                };
            }
            return () -> {
                if (client.pop(list) == null) {
                    return 0;
                }
                UNDERWAY.release();
                return 1;
            };
        }

        @Override
        int feeders() {
            return 16;
        }
    };

    private static final int BATCH = 100;
    private static final byte[] VALUE = new byte[200];

    /** So that a list does not grow without end. */
    private static final Semaphore UNDERWAY = new Semaphore(256);

    /** One turn of a caller. */
    interface Step {
        /** How many commands were done. */
        int run() throws InterruptedException;
    }

    /**
     * What a caller does.
     *
     * @param caller its number; negative for those that feed the others
     */
    abstract Step of(Client client, int caller);

    /** How many more callers feed the others. */
    int feeders() {
        return 0;
    }

    static byte[] bytes(String name) {
        return name.getBytes(US_ASCII);
    }

    static String name(byte[] bytes) {
        return new String(bytes, US_ASCII);
    }
}
