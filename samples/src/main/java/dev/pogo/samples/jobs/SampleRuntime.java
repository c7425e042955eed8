package dev.pogo.samples.jobs;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;

/** What the samples that run jobs have in common: their pools. */
public final class SampleRuntime {
    private static final String DEFAULT = "default";
    private static final String CPU = "cpu";

    private SampleRuntime() {}

    /**
     * The pools of a file, or those of the samples: 4 virtual threads in {@code default}, 2
     * platform threads in {@code cpu}.
     *
     * @param file a {@code pogo.json}, or null
     * @return the configuration
     * @throws dev.pogo.InvalidConfigException if the file cannot be read or is wrong
     */
    public static PogoConfig config(@Nullable Path file) {
        if (file != null) {
            return PogoConfig.load(file);
        }
        return PogoConfig.defaults()
                .withPool(PoolConfig.named(DEFAULT).withNumThreads(4))
                .withPool(PoolConfig.named(CPU).withNumThreads(2).withThreads(ThreadKind.PLATFORM));
    }

    /**
     * The pool for work that computes.
     *
     * @param runtime a runtime, which may have only {@code default}
     * @return the name of a pool that it has
     */
    public static String cpuPool(PogoRuntime runtime) {
        return runtime.pools().stream().anyMatch(pool -> pool.name().equals(CPU)) ? CPU : DEFAULT;
    }

    /**
     * Runs a job of each kind, because the process's first ones load Jackson, which takes longer
     * than many a request.
     *
     * @param runtime what to run them on
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static void loadClasses(PogoRuntime runtime) throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            scope.spawn(Sleep.class, new Sleep.Args(0));
            scope.spawn(Sha256.class, new Sha256.Text("pogo"));
            scope.settle(Duration.ofSeconds(5));
        }
    }
}
