package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

import dev.pogo.engine.Runtimes;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What goes through JSON, and what is refused with its place. */
class PayloadTest {
    private final PogoScope scope = Runtimes.ofSize(1).open();

    @AfterEach
    void close() {
        scope.close();
    }

    record All(
            Instant instant,
            LocalDate date,
            LocalDateTime dateTime,
            LocalTime time,
            MonthDay monthDay,
            OffsetDateTime offsetDateTime,
            OffsetTime offsetTime,
            Duration duration,
            Period period,
            Year year,
            YearMonth yearMonth,
            ZoneId zone,
            ZoneOffset offset,
            ZonedDateTime zoned,
            DayOfWeek day,
            BigDecimal decimal,
            BigInteger big,
            UUID uuid,
            URI uri,
            double number,
            float small,
            char letter,
            @Nullable String nothing) {}

    /** Gives its args. */
    public static final class EchoAll implements Job<All, All> {
        @Override
        public All handle(All args) {
            return args;
        }
    }

    /** Gives its args. */
    public static final class EchoBytes implements Job<byte[], byte[]> {
        @Override
        public byte[] handle(byte[] args) {
            return args;
        }
    }

    @Test
    void types_ofTheTable_surviveUnchanged() throws InterruptedException {
        All all =
                new All(
                        Instant.ofEpochSecond(1, 234_567_891),
                        LocalDate.of(2026, 2, 3),
                        LocalDateTime.of(2026, 2, 3, 4, 5, 6, 7),
                        LocalTime.NOON,
                        MonthDay.of(2, 29),
                        OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHours(2)),
                        OffsetTime.of(1, 2, 3, 4, ZoneOffset.UTC),
                        Duration.ofNanos(1),
                        Period.of(1, 2, 3),
                        Year.of(2026),
                        YearMonth.of(2026, 12),
                        ZoneId.of("Europe/Rome"),
                        ZoneOffset.ofHours(-3),
                        ZonedDateTime.of(
                                LocalDateTime.of(2026, 7, 1, 0, 0), ZoneId.of("Europe/Rome")),
                        DayOfWeek.FRIDAY,
                        new BigDecimal("12345678901234567890.123456789012345678900"),
                        BigInteger.TEN.pow(60),
                        new UUID(1, 2),
                        URI.create("https://example.org/a?b=c"),
                        0.1,
                        0.1f,
                        'x',
                        null);
        assertEquals(all, scope.spawn(EchoAll.class, all).await());
    }

    @Test
    void bytes_areCopiedBothWays() throws InterruptedException {
        byte[] given = {1, 2, 3};
        Task<byte[]> task = scope.spawn(EchoBytes.class, given);
        given[0] = 9;
        assertArrayEquals(new byte[] {1, 2, 3}, task.await());
    }

    @Test
    void plainValues_areWhatJsonSays() throws InterruptedException {
        assertEquals("AQID", scope.spawn(Jobs.Echo.class, new byte[] {1, 2, 3}).await());
        assertEquals("FRIDAY", scope.spawn(Jobs.Echo.class, DayOfWeek.FRIDAY).await());
        assertEquals("PT1S", scope.spawn(Jobs.Echo.class, Duration.ofSeconds(1)).await());
        assertEquals(Map.of("sku", "a"), scope.spawn(Jobs.Echo.class, new Jobs.Sku("a")).await());
        assertEquals(List.of(1, 2), scope.spawn(Jobs.Echo.class, new int[] {1, 2}).await());
    }

    record Node(Map<String, Object> next) {}

    record Raw(@JsonRawValue String json) {}

    record Throwing(String name) {
        @Override
        public String name() {
            throw new IllegalStateException("no name");
        }
    }

    static Stream<Arguments> refused() {
        Map<String, Object> cycle = new HashMap<>();
        cycle.put("list", new ArrayList<>(List.of(1, cycle)));
        Map<String, Object> around = new HashMap<>();
        Node node = new Node(around);
        around.put("back", node);
        List<Object> deep = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            deep = new ArrayList<>(List.of(deep));
        }
        Runnable lambda = () -> {};
        return Stream.of(
                Arguments.of(cycle, "$.list[1]", "a cycle: it is the same object as $"),
                Arguments.of(node, "$.next.back", "a cycle: it is the same object as $"),
                Arguments.of(deep, "$[0][0][0]", "nested deeper than the limit of 200"),
                Arguments.of(List.of(0, Double.NaN), "$[1]", "NaN is not a JSON number"),
                Arguments.of(Map.of("a", -1f / 0), "$.a", "-Infinity is not a JSON number"),
                Arguments.of(new double[] {1, 1d / 0}, "$[1]", "Infinity is not a JSON number"),
                Arguments.of(
                        Map.of("m", Map.of(1, "one")),
                        "$.m.1",
                        "the key 1 of a map is a java.lang.Integer, not a string"),
                Arguments.of(
                        Map.of(DayOfWeek.FRIDAY, 1),
                        "$.FRIDAY",
                        "is a java.time.DayOfWeek, not a string"),
                Arguments.of(Collections.singletonMap(null, 1), "$.null", "Null key"),
                Arguments.of(
                        Map.of("in", new ByteArrayInputStream(new byte[0])),
                        "$.in",
                        "a java.io.ByteArrayInputStream is not a JSON value"),
                Arguments.of(List.of(lambda), "$[0]", "Lambda"),
                Arguments.of(Map.of("o", new Object()), "$.o", "a java.lang.Object"),
                Arguments.of(
                        Map.of("odd key", new Thread()), "$[\"odd key\"]", "a java.lang.Thread"),
                Arguments.of(List.of(String.class), "$[0]", "a java.lang.Class"),
                Arguments.of(IntStream.range(0, 3), "$", "Pipeline"),
                Arguments.of(List.of(1).iterator(), "$", "Itr"),
                Arguments.of(Map.of("o", Optional.of(1)), "$.o", "use a value that may be null"),
                Arguments.of(OptionalInt.of(1), "$", "use a value that may be null"),
                Arguments.of(new Raw("{"), "$.json", "raw JSON text is not supported"),
                Arguments.of(new Throwing("x"), "$.name", "no name"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(Object args, String path, String problem) {
        InvalidPayloadException e =
                assertThrows(
                        InvalidPayloadException.class, () -> scope.spawn(Jobs.Echo.class, args));
        if (!problem.startsWith("nested")) {
            assertEquals(path, e.path());
        }
        Messages.assertStarts("args of job dev.pogo.Jobs$Echo in pool default: " + path, e);
        Messages.assertContains(problem, e);
    }

    @Test
    void nesting_upToTheLimit_isTaken() throws InterruptedException {
        List<Object> deep = new ArrayList<>();
        for (int i = 1; i < 200; i++) {
            deep = new ArrayList<>(Arrays.asList(deep));
        }
        assertEquals(deep, scope.spawn(Jobs.Echo.class, deep).await());
    }

    @Test
    void sameObjectTwice_isNoCycle() throws InterruptedException {
        List<Integer> shared = List.of(1);
        List<Object> twice = List.of(shared, shared, Map.of("a", shared));
        assertEquals(twice, scope.spawn(Jobs.Echo.class, twice).await());
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface Shape {}

    record Circle(int radius) implements Shape {}

    /** Would have its args' class chosen by data. */
    public static final class Draw {
        /** Works if it can. */
        public String handle(Shape shape) {
            return shape.toString();
        }
    }

    /** Would load a class that data names. */
    public static final class TakesClass {
        /** Works if it can. */
        public String handle(Class<?> type) {
            return type.getName();
        }
    }

    @Test
    void typeNamesInData_areOnlyData() {
        PogoConfig config = PogoConfig.defaults().withJobs(List.of("dev.pogo.*"));
        try (PogoScope other = Runtimes.start(config).open()) {
            String circle = Circle.class.getName();
            Task<?> draw =
                    other.spawn(
                            "default", Draw.class.getName(), Map.of("@class", circle, "radius", 1));
            TaskFailedException e = assertThrows(TaskFailedException.class, draw::await);
            Messages.assertContains("dev.pogo.PayloadTest$Shape", e);
            Task<?> load = other.spawn("default", TakesClass.class.getName(), circle);
            e = assertThrows(TaskFailedException.class, load::await);
            Messages.assertContains("a java.lang.Class is not a JSON value", e);
        }
    }
}
