package dev.pogo.engine;

import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Starts the runtimes that tests use; {@link NothingIsLeft} checks and closes each of them. */
public final class Runtimes {
    static final List<PogoRuntimeImpl> STARTED = new CopyOnWriteArrayList<>();

    private Runtimes() {}

    public static PogoRuntimeImpl start(PogoConfig config) {
        PogoRuntimeImpl runtime = PogoRuntimeImpl.start(config);
        STARTED.add(runtime);
        return runtime;
    }

    /** A runtime with {@code default} of that size, in which tasks wait for that long at most. */
    public static PogoRuntimeImpl ofSize(int numThreads, Duration maxWait) {
        return start(
                PogoConfig.defaults()
                        .withPool(
                                PoolConfig.named("default")
                                        .withNumThreads(numThreads)
                                        .withMaxWait(maxWait)));
    }

    /** A runtime with {@code default} of that size and a maximal wait that no test reaches. */
    public static PogoRuntimeImpl ofSize(int numThreads) {
        return start(
                PogoConfig.defaults()
                        .withPool(PoolConfig.named("default").withNumThreads(numThreads)));
    }
}
