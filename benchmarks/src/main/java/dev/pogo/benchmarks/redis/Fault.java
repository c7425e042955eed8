package dev.pogo.benchmarks.redis;

import dev.pogo.testing.RedisServer;

import java.time.Duration;

/** What happens to the server while commands run. */
enum Fault {
    /** Killed, and back after 0.3 s. */
    KILLED_SHORTLY(Duration.ofMillis(300)),

    /** Killed, and back after 5 s. */
    KILLED_LONG(Duration.ofSeconds(5)),

    /** Stopped for 3 s: connections stay, and nobody answers. */
    PAUSED(Duration.ofSeconds(3)) {
        @Override
        void happenTo(RedisServer server) throws InterruptedException {
            server.pause();
            Thread.sleep(length());
            server.resume();
        }
    };

    private final Duration length;

    Fault(Duration length) {
        this.length = length;
    }

    Duration length() {
        return length;
    }

    /** Returns when the server answers again. */
    void happenTo(RedisServer server) throws InterruptedException {
        server.kill();
        Thread.sleep(length);
        server.restart();
    }
}
