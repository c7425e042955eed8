package dev.pogo;

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
    private static final int LANES = 4;
    private static final Callable<Integer> WORK = () -> 1;

    /** For each lane that has tasks, in the order of their turns. */
    private final Deque<Deque<Place>> round = new ArrayDeque<>();

    private final List<Place> byAge = new ArrayList<>();

    /** Each step is a number: which lane adds, or which task leaves, or that the next is taken. */
    @Property
    void waitingTasks_anySteps_behaveAsTheModel(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 99) Integer> steps) {
        round.clear();
        byAge.clear();
        PogoRuntime runtime = Runtimes.ofSize(1);
        List<Lane> lanes = new ArrayList<>();
        List<Deque<Place>> models = new ArrayList<>();
        for (int i = 0; i < LANES; i++) {
            try (PogoScope scope = runtime.open()) {
                lanes.add(new Lane(scope, runtime.defaultPool(), null));
            }
            models.add(new ArrayDeque<>());
        }
        WaitingTasks waiting = new WaitingTasks();
        long id = 0;
        for (int step : steps) {
            if (step < 50) {
                Task<?> task = new Task<>(++id, lanes.get(step % LANES), null, WORK, 0);
                Place place = new Place(task);
                waiting.add(place);
                Deque<Place> model = models.get(step % LANES);
                if (model.isEmpty()) {
                    round.add(model);
                }
                model.add(place);
                byAge.add(place);
            } else if (step < 75) {
                assertSame(pollModel(), waiting.poll());
            } else if (!byAge.isEmpty()) {
                Place leaving = byAge.get(step % byAge.size());
                waiting.remove(leaving);
                waiting.remove(leaving); // once more does nothing
                byAge.remove(leaving);
                round.forEach(model -> model.remove(leaving));
                round.removeIf(Deque::isEmpty);
            }
            assertEquals(byAge.size(), waiting.size());
            assertEquals(byAge.isEmpty(), waiting.isEmpty());
            assertEquals(round.size(), waiting.lanes());
            assertSame(byAge.isEmpty() ? null : byAge.get(0), waiting.oldest());
            assertTrue(byAge.stream().allMatch(waiting::contains));
        }
        while (!byAge.isEmpty()) {
            assertSame(pollModel(), waiting.poll());
        }
        assertNull(waiting.poll());
        for (Lane lane : lanes) {
            assertNull(lane.first);
            assertNull(lane.last);
            assertNull(lane.before);
            assertNull(lane.after);
        }
    }

    private @Nullable Place pollModel() {
        Deque<Place> lane = round.poll();
        Place place = lane == null ? null : lane.poll();
        if (lane != null && !lane.isEmpty()) {
            round.add(lane);
        }
        byAge.remove(place);
        return place;
    }
}
