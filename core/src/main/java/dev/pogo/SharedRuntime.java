package dev.pogo;

import dev.pogo.sync.BriefLock;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A runtime that is started by the first who uses it, while the others wait. That takes its time,
 * as files are read and workers started, so it is not done under a lock. And nobody waits in a
 * line, where a virtual thread that has no carrier to run on would stand in the way of all behind
 * it: who has started the runtime wakes them all.
 */
final class SharedRuntime {
    private final Supplier<PogoConfig> finder;
    private final Function<PogoConfig, PogoRuntime> starter;

    /** Guards the fields below it; no other lock is taken under it. */
    private final BriefLock lock = BriefLock.outer();

    /** Set once; read without the lock. */
    private volatile @Nullable PogoRuntime started;

    /** Who is starting it, if anybody is. */
    private @Nullable Attempt attempt;

    private @Nullable PogoConfig configured;

    /** One thread's. */
    private static final class Attempt {
        private final Thread thread = Thread.currentThread();
        private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    }

    /** With what finds its configuration if it is given none, and what starts it. */
    SharedRuntime(Supplier<PogoConfig> finder, Function<PogoConfig, PogoRuntime> starter) {
        this.finder = finder;
        this.starter = starter;
    }

    /** The runtime. If it cannot be started, each use tries again. */
    PogoRuntime get() {
        PogoRuntime runtime = started;
        while (runtime == null) {
            runtime = startOrAwait();
        }
        return runtime;
    }

    /**
     * Sets what it is to be started with.
     *
     * @throws IllegalStateException if it has been started
     */
    void configure(PogoConfig config) {
        Attempt other;
        do {
            lock.lock();
            try {
                if (started != null) {
                    throw new IllegalStateException(
                            "Pogo has been used already; configure it before the first use");
                }
                other = attempt;
                if (other == null) {
                    configured = config;
                }
            } finally {
                lock.unlock();
            }
            await(other);
        } while (other != null);
    }

    /** Null if it is to be looked at again. */
    private @Nullable PogoRuntime startOrAwait() {
        Attempt own = new Attempt();
        Attempt other;
        PogoConfig config;
        lock.lock();
        try {
            if (started != null) {
                return started;
            }
            other = attempt;
            if (other == null) {
                attempt = own;
            }
            config = configured;
        } finally {
            lock.unlock();
        }
        if (other == null) {
            return start(own, config);
        }
        await(other);
        return null;
    }

    private PogoRuntime start(Attempt own, @Nullable PogoConfig config) {
        PogoRuntime runtime = null;
        try {
            runtime = starter.apply(config != null ? config : finder.get());
            return runtime;
        } finally {
            lock.lock();
            try {
                started = runtime;
                attempt = null;
            } finally {
                lock.unlock();
            }
            own.over.complete(null);
        }
    }

    private static void await(@Nullable Attempt other) {
        if (other == null) {
            return;
        }
        if (other.thread == Thread.currentThread()) {
            throw new IllegalStateException(
                    "Pogo is used by what its own start has called, and so before it has started");
        }
        other.over.join();
    }
}
