package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.ChildJvm;
import dev.pogo.Failures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/**
 * Work that uses up its stack, be it in an operation of Pogo's: the operation has happened or not,
 * and the process is none the worse. In a JVM of its own for each way to run code, since frames
 * differ in size. More often with {@code -Dpogo.stress.iterations=…}.
 */
class OverflowTest {
    private static final long SEED = Long.getLong("pogo.stress.seed", System.nanoTime());

    /** A round is many iterations: it tries each operation some hundred times. */
    private static final int ROUNDS =
            Math.max(1, Integer.getInteger("pogo.stress.iterations", 0) / 10);

    /** A class that is initialised by a failure is lost if that came with no stack left. */
    @Test
    void failures_whateverFails_initialiseNoClassOfPogo() throws Exception {
        String written =
                ChildJvm.run(
                        Failures.class, List.of("-Xlog:class+load=info", "-Xlog:class+init=info"));
        int from = written.indexOf(Failures.FROM_HERE_ON);
        assertTrue(from > 0, written);
        List<String> late =
                written.substring(from)
                        .lines()
                        .filter(line -> line.matches(".*\\[class,(load|init).*dev[./]pogo[./].*"))
                        .filter(line -> !line.matches(".*(Failures|source: .*/test-classes/).*"))
                        .toList();
        assertEquals(List.of(), late);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
    void operations_whereTheStackEnds_haveHappenedOrNot(String mode) throws Exception {
        assertEquals(
                "sound",
                ChildJvm.run(
                                Overflows.class,
                                List.of(mode),
                                String.valueOf(SEED),
                                String.valueOf(ROUNDS))
                        .strip());
    }
}
