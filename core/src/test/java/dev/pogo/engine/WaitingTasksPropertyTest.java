package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;

/** The waiting tasks behave as an obviously right, slow model of them. */
class WaitingTasksPropertyTest {
    private static final int QUEUES = 4;
    private static final Callable<Integer> WORK = () -> 1;

    /** For each queue that has tasks, in the order of their turns. */
    private final Deque<Deque<QueueNode>> round = new ArrayDeque<>();

    private final List<QueueNode> byAge = new ArrayList<>();

    /** Each step is a number: which queue adds, or which task leaves, or that the next is taken. */
    @Property
    void waitingTasks_anySteps_behaveAsTheModel(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 99) Integer> steps) {
        round.clear();
        byAge.clear();
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        List<ScopeQueue> queues = new ArrayList<>();
        List<Deque<QueueNode>> models = new ArrayList<>();
        for (int i = 0; i < QUEUES; i++) {
            try (PogoScopeImpl scope = runtime.open()) {
                queues.add(new ScopeQueue(scope, runtime.defaultPool(), null));
            }
            models.add(new ArrayDeque<>());
        }
        WaitingTasks waiting = new WaitingTasks();
        long id = 0;
        for (int step : steps) {
            if (step < 50) {
                TaskImpl<?> task = new TaskImpl<>(++id, queues.get(step % QUEUES), null, WORK, 0);
                QueueNode node = new QueueNode(task);
                waiting.add(node);
                Deque<QueueNode> model = models.get(step % QUEUES);
                if (model.isEmpty()) {
                    round.add(model);
                }
                model.add(node);
                byAge.add(node);
            } else if (step < 75) {
                assertSame(pollModel(), waiting.poll());
            } else if (!byAge.isEmpty()) {
                QueueNode leaving = byAge.get(step % byAge.size());
                waiting.remove(leaving);
                waiting.remove(leaving); // once more does nothing
                byAge.remove(leaving);
                round.forEach(model -> model.remove(leaving));
                round.removeIf(Deque::isEmpty);
            }
            assertEquals(byAge.size(), waiting.size());
            assertEquals(byAge.isEmpty(), waiting.isEmpty());
            assertEquals(round.size(), waiting.queues());
            assertSame(byAge.isEmpty() ? null : byAge.get(0), waiting.oldest());
            assertTrue(byAge.stream().allMatch(waiting::contains));
        }
        while (!byAge.isEmpty()) {
            assertSame(pollModel(), waiting.poll());
        }
        assertNull(waiting.poll());
        for (ScopeQueue queue : queues) {
            assertNull(queue.first);
            assertNull(queue.last);
            assertNull(queue.before);
            assertNull(queue.after);
        }
    }

    private @Nullable QueueNode pollModel() {
        Deque<QueueNode> queue = round.poll();
        QueueNode node = queue == null ? null : queue.poll();
        if (queue != null && !queue.isEmpty()) {
            round.add(queue);
        }
        byAge.remove(node);
        return node;
    }
}
