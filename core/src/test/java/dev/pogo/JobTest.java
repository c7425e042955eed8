package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.Jobs.Sku;
import dev.pogo.Jobs.Stock;
import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Jobs that run in this process. */
class JobTest {
    private PogoScope scope = Runtimes.ofSize(1).open();

    @BeforeEach
    void open() {
        scope.close();
        scope =
                Runtimes.start(
                                PogoConfig.defaults()
                                        .withJobs(
                                                List.of(
                                                        "dev.pogo.Jobs$Plain",
                                                        "dev.pogo.Jobs$Doubles",
                                                        "dev.pogo.Jobs$Two",
                                                        "dev.pogo.Jobs$None",
                                                        "dev.pogo.Jobs$FetchStock",
                                                        "dev.pogo.Jobs$WithoutConstructor",
                                                        "com.acme.*")))
                        .open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void job_recordForRecord_givesTheResult() throws InterruptedException {
        Task<Stock> task = scope.spawn(Jobs.FetchStock.class, new Sku("A-100"));
        assertEquals(new Stock("A-100", 3, new BigDecimal("9.90")), task.await());
        assertEquals("FetchStock", task.name());
        assertEquals("default", task.pool());
    }

    @Test
    void job_genericTypes_areKept() throws InterruptedException {
        List<Sku> skus = List.of(new Sku("a"), new Sku("b"));
        Map<String, Stock> result = scope.spawn("default", Jobs.PriceAll.class, skus).await();
        assertEquals(List.of("a", "b"), List.copyOf(result.keySet()));
        assertEquals(new Stock("b", 1, BigDecimal.TEN), result.get("b"));
        assertEquals(new Sku("a"), scope.spawn(Jobs.First.class, skus).await());
    }

    @Test
    void job_awaitedById_givesTheResult() throws InterruptedException {
        long id = scope.spawn(Jobs.Echo.class, "hello").id();
        assertEquals("hello", scope.await(id));
    }

    @Test
    void args_null_areJsonNull() throws InterruptedException {
        assertNull(scope.spawn(Jobs.Echo.class, null).await());
    }

    @Test
    void argsAndResult_changedByTheOtherSide_stayAsTheyWere() throws InterruptedException {
        Map<String, List<Integer>> given = new HashMap<>();
        given.put("list", new ArrayList<>(List.of(1, 2)));
        Task<Map<String, List<Integer>>> task = scope.spawn(Jobs.Meddle.class, given);
        given.put("later", List.of(9));
        Map<String, List<Integer>> expected = Map.of("list", List.of(1, 2, 8), "more", List.of(7));
        assertEquals(expected, task.await());
        assertEquals(Map.of("list", List.of(1, 2), "later", List.of(9)), given);

        Jobs.Meddle.KEPT.forEach(Map::clear);
        assertEquals(expected, task.await());
        task.await().clear();
        assertEquals(1, Jobs.Meddle.KEPT.size());
        Jobs.Meddle.KEPT.clear();
    }

    @Test
    void job_throws_isTheCause() {
        TaskFailedException e =
                assertThrows(
                        TaskFailedException.class, scope.spawn(Jobs.Throwing.class, "boom")::await);
        assertEquals("boom", assertInstanceOf(IOException.class, e.getCause()).getMessage());
        Messages.assertContains("failed: java.io.IOException: boom [task Throwing, id ", e);
    }

    @Test
    void constructor_throws_isTheCause() {
        TaskFailedException e =
                assertThrows(
                        TaskFailedException.class,
                        scope.spawn(Jobs.BrokenConstructor.class, "x")::await);
        assertInstanceOf(IOException.class, e.getCause());
    }

    @Test
    void result_notJson_failsTheTaskWithThePath() {
        TaskFailedException e =
                assertThrows(
                        TaskFailedException.class, scope.spawn(Jobs.GivesStream.class, "x")::await);
        InvalidPayloadException cause =
                assertInstanceOf(InvalidPayloadException.class, e.getCause());
        assertEquals("$.data[1]", cause.path());
        Messages.assertMatches(
                "result of job dev.pogo.Jobs\\$GivesStream in pool default: \\$.data\\[1]: a"
                        + " java.io.InputStream\\S+ is not a JSON value",
                cause);
    }

    @Test
    void classes_thatCannotBeJobs_failTheTaskWithWhatToDo() {
        assertRefused(
                Jobs.Abstract.class,
                "job class dev.pogo.Jobs$Abstract is abstract; use a concrete class");
        assertRefused(
                Jobs.WithoutConstructor.class,
                "job class dev.pogo.Jobs$WithoutConstructor has no public constructor without"
                        + " parameters; add one");
        assertRefused(
                Jobs.Inner.class,
                "job class dev.pogo.Jobs$Inner has no public constructor without parameters; make"
                        + " the class static");
    }

    private void assertRefused(Class<? extends Job<String, String>> job, String message) {
        TaskFailedException e =
                assertThrows(TaskFailedException.class, scope.spawn(job, "x")::await);
        Messages.assertStarts("failed: " + message + " [task", e);
    }

    @Test
    void byName_plainClass_givesPlainJson() throws InterruptedException {
        Object result = scope.spawn("default", "dev.pogo.Jobs$Plain", new Sku("a")).await();
        assertEquals(Map.of("sku", "a", "count", 5, "price", BigDecimal.ONE), result);
        assertEquals(
                result, scope.spawn("default", "dev.pogo.Jobs$Plain", Map.of("sku", "a")).await());
        assertEquals(42, scope.spawn("default", "dev.pogo.Jobs$Doubles", 21).await());
    }

    @Test
    void byName_jobClass_givesPlainJson() throws InterruptedException {
        Task<?> task = scope.spawn("default", "dev.pogo.Jobs$FetchStock", Map.of("sku", "a"));
        assertEquals(Map.of("sku", "a", "count", 3, "price", new BigDecimal("9.90")), task.await());
        assertEquals("Jobs$FetchStock", task.name());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    dev.pogo.Jobs$Two  | .*one public method named handle with one parameter, but has \\[.*handle\\(java.lang.*handle\\(java.lang.*].*
                    dev.pogo.Jobs$None | .*one public method named handle with one parameter, but has none .*
                    dev.pogo.Jobs$WithoutConstructor | .*has no public constructor without parameters; add one .*
                    com.acme.Missing   | failed: job class "com.acme.Missing" cannot be loaded by .*: java.lang.ClassNotFoundException: com.acme.Missing; check its spelling .*
                    dev.pogo.Jobs$Throwing | failed: job class "dev.pogo.Jobs\\$Throwing" is not on the allow-list, which has dev.pogo.Jobs\\$Plain, .*; add it to "jobs" in the configuration if it may be named by a string .*
                    com.acme.sub.Class | .* is not on the allow-list.*
                    """)
    void byName_unusable_failsTheTaskWithWhatToDo(String jobClass, String message) {
        TaskFailedException e =
                assertThrows(
                        TaskFailedException.class, scope.spawn("default", jobClass, "x")::await);
        Messages.assertMatches(message, e);
    }

    @Test
    void byName_notAllowed_isNotInitialised() {
        Task<?> task = scope.spawn("default", "dev.pogo.Jobs$Initialised", "x");
        assertThrows(TaskFailedException.class, task::await);
        assertEquals(0, Jobs.INITIALISED.get());
    }

    @Test
    void byName_argsOfAnotherShape_failTheTaskWithThePath() {
        Task<?> task = scope.spawn("default", "dev.pogo.Jobs$Plain", Map.of("sku", List.of(1)));
        TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
        InvalidPayloadException cause =
                assertInstanceOf(InvalidPayloadException.class, e.getCause());
        assertEquals("$.sku", cause.path());
        task = scope.spawn("default", "dev.pogo.Jobs$Doubles", 1.5);
        e = assertThrows(TaskFailedException.class, task::await);
        assertNotNull(assertInstanceOf(InvalidPayloadException.class, e.getCause()).path());
    }

    @Test
    void byName_emptyAllowList_allowsNothing() {
        try (PogoScope other = Runtimes.ofSize(1).open()) {
            Task<?> task = other.spawn("default", "java.util.ArrayList", "x");
            TaskFailedException e = assertThrows(TaskFailedException.class, task::await);
            Messages.assertContains("is not on the allow-list, which is empty; add it", e);
        }
    }

    @Test
    void spawn_unknownPoolOrClosedScope_isRefusedAtOnce() {
        assertThrows(UnknownPoolException.class, () -> scope.spawn("db", Jobs.Echo.class, "x"));
        assertThrows(UnknownPoolException.class, () -> scope.spawn("db", "com.acme.A", "x"));
        scope.close();
        assertThrows(IllegalStateException.class, () -> scope.spawn(Jobs.Echo.class, "x"));
    }
}
