package dev.pogo.engine;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.util.SpinLock;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A runtime that is started by the first thread that uses it, while the others wait. Starting takes
 * time, as files are read and workers started, so it is not done under a lock. The waiting threads
 * do not queue either, because a virtual thread without a carrier thread to run on would block all
 * those behind it: the thread that started the runtime wakes them all.
 */
public final class SharedRuntime {
    private final Supplier<PogoConfig> finder;
    private final Function<PogoConfig, PogoRuntime> starter;

    /** Guards the fields below it. No other lock is taken under it. */
    private final SpinLock lock = SpinLock.outer();

    /** Set once; read without the lock. */
    private volatile @Nullable PogoRuntime started;

    /** The attempt to start the runtime that is in progress, or null. */
    private @Nullable Attempt attempt;

    private @Nullable PogoConfig configured;

    /** One thread's attempt to start the runtime. */
    private static final class Attempt {
        private final Thread thread = Thread.currentThread();
        private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    }

    /**
     * Creates a runtime that {@code starter} starts, with the configuration that {@code finder}
     * finds if none is set.
     */
    public SharedRuntime(Supplier<PogoConfig> finder, Function<PogoConfig, PogoRuntime> starter) {
        this.finder = finder;
        this.starter = starter;
    }

    /** Returns the runtime. If it cannot be started, each use tries again. */
    public PogoRuntime get() {
        PogoRuntime runtime = started;
        while (runtime == null) {
            runtime = startOrAwait();
        }
        return runtime;
    }

    /**
     * Sets the configuration to start the runtime with.
     *
     * @throws IllegalStateException if it has been started
     */
    public void configure(PogoConfig config) {
        Attempt other;
        do {
            lock.lock();
            try {
                if (started != null) {
                    throw new IllegalStateException(
                            "Pogo is already in use; configure it before the first use");
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

    /** Returns the runtime, or null if the caller must look again. */
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
