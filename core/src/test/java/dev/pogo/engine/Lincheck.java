package dev.pogo.engine;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Has Lincheck make random programs of a class's operations, and run each many times: in every
 * order of steps that it can think of, or as the machine happens to interleave them. Longer with
 * {@code -Dpogo.stress.iterations=…}.
 */
public final class Lincheck {
    /** How many programs. */
    private static final int ITERATIONS = Integer.getInteger("pogo.stress.iterations", 3);

    private Lincheck() {}

    public static void modelCheck(Class<?> operations) {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(100)
                .actorsBefore(0)
                .threads(2)
                .actorsPerThread(3)
                .actorsAfter(0)
                // It takes a longer loop for one that waits, and then hardly tries any order.
                .loopIterationsBeforeThreadSwitch(20)
                // Its many steps would leave few orders of our own to be tried.
                .addGuarantee(forClasses(TimeHistogram.class.getName()).allMethods().ignore())
                .check(operations);
    }

    public static void stress(Class<?> operations) {
        new StressOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(300)
                .actorsBefore(0)
                .threads(2)
                .actorsPerThread(3)
                .actorsAfter(0)
                .check(operations);
    }
}
