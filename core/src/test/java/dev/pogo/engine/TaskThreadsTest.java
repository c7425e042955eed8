package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import static java.time.Duration.ofSeconds;

import dev.pogo.PoolConfig;
import dev.pogo.TaskSpec;

import org.junit.jupiter.api.Test;

/** The names that a thread dump shows. */
class TaskThreadsTest {
    private static String nameOf(TaskThreads threads, String taskName) {
        return threads.forTask(taskName).newThread(() -> {}).getName();
    }

    @Test
    void thread_taskWithAName_hasIt() throws InterruptedException {
        try (PogoScopeImpl scope = Runtimes.ofSize(1).open()) {
            TaskImpl<String> named =
                    scope.spawn(
                            TaskSpec.in("default").named("Price of A"),
                            () -> Thread.currentThread().getName());
            assertEquals("pogo/default/Price of A", named.await(ofSeconds(20)));
        }
    }

    @Test
    void names_areMadeOnceForEachName() {
        TaskThreads threads = TaskThreads.of(PoolConfig.named("db"));
        assertSame(threads.forTask("a"), threads.forTask("a"));
        assertEquals("pogo/db/a", nameOf(threads, "a"));
        assertEquals("pogo/db", threads.forTask(null).newThread(() -> {}).getName());
    }

    @Test
    void names_withoutEnd_areNotKept() {
        TaskThreads threads = TaskThreads.of(PoolConfig.named("db"));
        for (int i = 0; i < TaskThreads.MAX_NAMES; i++) {
            assertEquals("pogo/db/" + i, nameOf(threads, Integer.toString(i)));
        }
        assertEquals("pogo/db", nameOf(threads, "one more"));
        assertEquals("pogo/db/0", nameOf(threads, "0"));
    }
}
