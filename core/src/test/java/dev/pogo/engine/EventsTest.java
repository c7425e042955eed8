package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.PoolSaturatedException;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskSpec;
import dev.pogo.ThreadKind;
import dev.pogo.engine.Events.ScopeEvent;
import dev.pogo.engine.Events.TaskEvent;

import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** What the flight recorder is told. */
class EventsTest {
    private static final String TASK = "dev.pogo.Task";
    private static final String SCOPE = "dev.pogo.Scope";
    private static final String SATURATED = "dev.pogo.PoolSaturated";

    @TempDir private Path folder;
    private final PogoRuntimeImpl runtime = Runtimes.ofSize(1);

    /** Something that is done while a recording runs. */
    private interface Scene {
        void play() throws InterruptedException;
    }

    /** The events of the scene, in the order of their beginnings. */
    private List<RecordedEvent> record(Duration threshold, String type, Scene scene)
            throws IOException, InterruptedException {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            if (type.equals(SATURATED)) {
                recording.enable(type);
            } else {
                recording.enable(type).withThreshold(threshold);
            }
            recording.start();
            scene.play();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(type))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    @Test
    void task_succeeds_isRecordedWithItsTimes() throws Exception {
        TaskImpl<?>[] task = new TaskImpl<?>[1];
        List<RecordedEvent> events =
                record(
                        Duration.ZERO,
                        TASK,
                        () -> {
                            try (PogoScopeImpl scope = runtime.open();
                                    Held held = Held.untilReleased()) {
                                scope.spawn(TaskSpec.in("default").named("holder"), held);
                                held.awaitStarted();
                                task[0] =
                                        scope.spawn(TaskSpec.in("default").named("late"), () -> 1);
                                Eventually.isTrue(
                                        () -> task[0].waited().compareTo(ofMillis(10)) > 0);
                                held.release();
                                scope.awaitAll();
                            }
                        });
        assertEquals(2, events.size());
        RecordedEvent holder = events.get(0);
        RecordedEvent late = events.get(1);
        assertEquals("holder", holder.getString("name"));
        assertEquals("late", late.getString("name"));
        assertEquals(task[0].id(), late.getLong("id"));
        assertEquals("default", late.getString("pool"));
        assertEquals("SUCCEEDED", late.getString("outcome"));
        assertNull(late.getString("cancelReason"));
        assertEquals(task[0].waited(), late.getDuration("waited"));
        assertEquals(task[0].ran(), late.getDuration("ran"));
        assertEquals(holder.getLong("id"), late.getLong("scope"));
        assertEquals(holder.getLong("id"), holder.getLong("scope"));
        // By another clock, and so not exactly.
        assertTrue(late.getDuration().compareTo(ofMillis(9)) > 0, late::toString);
        assertTrue(late.getThread().getJavaName().equals("pogo/default/late"), late::toString);
    }

    @Test
    void task_cancelledBeforeAndAfterItsStart_isRecordedWithTheReason() throws Exception {
        List<RecordedEvent> events =
                record(
                        Duration.ZERO,
                        TASK,
                        () -> {
                            try (Held held = Held.untilReleased();
                                    PogoScopeImpl scope = runtime.open()) {
                                scope.spawn(held);
                                held.awaitStarted();
                                scope.spawn(held).cancel();
                            }
                        });
        assertEquals(2, events.size());
        assertEquals("SCOPE_CLOSED", events.get(0).getString("cancelReason"));
        assertNotEquals(Duration.ZERO, events.get(0).getDuration("ran"));
        assertEquals("CANCEL_CALLED", events.get(1).getString("cancelReason"));
        assertEquals(Duration.ZERO, events.get(1).getDuration("ran"));
        for (RecordedEvent event : events) {
            assertEquals("CANCELLED", event.getString("outcome"));
        }
    }

    @Test
    void task_throws_isRecordedAsFailed() throws Exception {
        List<RecordedEvent> events =
                record(
                        Duration.ZERO,
                        TASK,
                        () -> {
                            try (PogoScopeImpl scope = runtime.open()) {
                                Callable<Object> failing =
                                        () -> {
                                            throw new IllegalStateException("test");
                                        };
                                scope.settle(ofSeconds(20));
                                scope.spawn(failing);
                                scope.settle(ofSeconds(20));
                            }
                        });
        assertEquals(1, events.size());
        assertEquals("FAILED", events.getFirst().getString("outcome"));
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_MADE", "NOT_STARTED"})
    void task_getsNoThread_isRecordedAsFailed(FaultyThreads.Fault fault) throws Exception {
        FaultyThreads threads =
                new FaultyThreads(
                        ThreadKind.VIRTUAL, fault, new OutOfMemoryError("test"), Set.of(0));
        PoolImpl pool = new PoolImpl(PoolConfig.named("faulty"), runtime.timer(), threads);
        List<RecordedEvent> events =
                record(
                        Duration.ZERO,
                        TASK,
                        () -> {
                            try (PogoScopeImpl scope = runtime.open()) {
                                scope.spawn(pool, () -> 1, null);
                            }
                        });
        assertEquals(1, events.size());
        assertEquals("FAILED", events.getFirst().getString("outcome"));
        assertEquals("faulty", events.getFirst().getString("pool"));
        assertEquals(Duration.ZERO, events.getFirst().getDuration("ran"));
    }

    @Test
    void task_waitsForMaxWait_isRecordedAsFailed() throws Exception {
        List<RecordedEvent> events = record(Duration.ZERO, TASK, EventsTest::saturate);
        assertEquals(2, events.size());
        assertEquals("late", events.get(1).getString("name"));
        assertEquals("FAILED", events.get(1).getString("outcome"));
        assertEquals(Duration.ZERO, events.get(1).getDuration("ran"));
        assertTrue(events.get(1).getDuration("waited").compareTo(ofMillis(20)) >= 0);
    }

    @Test
    void task_shorterThanTheThreshold_isNotRecorded() throws Exception {
        List<RecordedEvent> events =
                record(
                        ofSeconds(20),
                        TASK,
                        () -> {
                            try (PogoScopeImpl scope = runtime.open()) {
                                scope.spawn(() -> 1).await();
                            }
                        });
        assertEquals(List.of(), events);
    }

    @Test
    void thresholds_notSet_areThoseOfTheReadme() {
        for (Class<? extends Event> type : List.of(TaskEvent.class, ScopeEvent.class)) {
            List<String> thresholds =
                    EventType.getEventType(type).getSettingDescriptors().stream()
                            .filter(setting -> setting.getName().equals("threshold"))
                            .map(SettingDescriptor::getDefaultValue)
                            .toList();
            assertEquals(List.of("20 ms"), thresholds);
        }
    }

    @Test
    void task_spawnedBeforeTheRecording_isNotRecorded() throws Exception {
        try (PogoScopeImpl scope = runtime.open();
                Held held = Held.untilReleased()) {
            scope.spawn(held);
            List<RecordedEvent> events =
                    record(
                            Duration.ZERO,
                            TASK,
                            () -> {
                                held.release();
                                scope.awaitAll();
                            });
            assertEquals(List.of(), events);
        }
    }

    @Test
    void scope_closes_isRecordedWithItsTasks() throws Exception {
        TaskImpl<?>[] first = new TaskImpl<?>[1];
        List<RecordedEvent> events =
                record(
                        Duration.ZERO,
                        SCOPE,
                        () -> {
                            try (PogoScopeImpl scope = runtime.open()) {
                                first[0] = scope.spawn(() -> 1);
                                first[0].await();
                                scope.spawn(() -> 2).await();
                                scope.spawn(() -> 3).await();
                                TaskImpl<?> failing =
                                        scope.spawn(() -> {
                                            throw new IllegalStateException("test");
                                        });
                                assertThrows(TaskFailedException.class, failing::await);
                                scope.spawn(Held.untilReleased());
                                scope.spawn(Held.untilReleased());
                            }
                        });
        assertEquals(1, events.size());
        RecordedEvent event = events.getFirst();
        assertEquals(first[0].id(), event.getLong("id"));
        assertEquals(6, event.getInt("tasks"));
        assertEquals(3, event.getInt("succeeded"));
        assertEquals(1, event.getInt("failed"));
        assertEquals(2, event.getInt("cancelled"));
    }

    @Test
    void poolSaturated_taskWaitsForMaxWait_isRecordedWithThePoolsNumbers() throws Exception {
        List<RecordedEvent> events = record(Duration.ZERO, SATURATED, EventsTest::saturate);
        assertEquals(1, events.size());
        RecordedEvent event = events.getFirst();
        assertEquals("default", event.getString("pool"));
        assertEquals("late", event.getString("name"));
        long scope = event.getLong("scope");
        assertNotEquals(0, scope);
        assertTrue(event.getLong("task") > scope, event::toString);
        assertEquals(1, event.getInt("size"));
        assertEquals(1, event.getInt("running"));
        assertEquals(1, event.getInt("waiting"));
        assertTrue(event.getDuration("waited").compareTo(ofMillis(20)) >= 0, event::toString);
    }

    /** One task holds the only permit for so long that another one is given up. */
    private static void saturate() throws InterruptedException {
        PogoRuntimeImpl narrow =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(
                                        PoolConfig.named("default")
                                                .withNumThreads(1)
                                                .withMaxWait(ofMillis(20))));
        try (Held held = Held.untilReleased();
                PogoScopeImpl scope = narrow.open()) {
            scope.spawn(TaskSpec.in("default").named("holder"), held);
            TaskImpl<?> late = scope.spawn(TaskSpec.in("default").named("late"), () -> 1);
            assertThrows(PoolSaturatedException.class, () -> late.await(ofSeconds(20)));
        }
    }

    @Test
    void recorded_nothingIsRecorded_isTheWorkItself() {
        Callable<Integer> work = () -> 1;
        assertSame(work, Events.recorded(work));
        assertNull(Events.scopeOpened());
        assertFalse(TaskEvent.WANTED.isEnabled());
    }
}
