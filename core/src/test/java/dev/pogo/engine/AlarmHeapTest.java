package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

class AlarmHeapTest {
    private static final class Silent extends Alarm {
        private long time;

        @Override
        void fire() {}
    }

    private final AlarmHeap heap = new AlarmHeap();
    private final List<Silent> model = new ArrayList<>();

    private Silent add(long time) {
        Silent alarm = new Silent();
        alarm.time = time;
        heap.makeRoom();
        heap.add(alarm, time);
        model.add(alarm);
        return alarm;
    }

    private void remove(Silent alarm) {
        heap.remove(alarm);
        model.remove(alarm);
        assertEquals(Alarm.NOWHERE, alarm.place);
    }

    private void check() {
        assertEquals(model.size(), heap.size());
        long least = model.stream().mapToLong(alarm -> alarm.time).min().orElse(0);
        Alarm first = heap.first();
        if (model.isEmpty()) {
            assertNull(first);
            assertNull(heap.any());
        } else {
            assertEquals(least, heap.time(Objects.requireNonNull(first)));
            assertTrue(model.contains(heap.any()));
        }
    }

    @Test
    void heap_anySteps_behavesAsTheModel() {
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            int most = random.nextInt(4) == 0 ? 200 : 10;
            if (model.isEmpty() || (random.nextBoolean() && model.size() < most)) {
                add(random.nextLong(1_000));
            } else {
                remove(model.get(random.nextInt(model.size())));
            }
            check();
        }
    }

    /** The last place is empty once the alarm before it has come to the top. */
    @Test
    void any_placesBeforeAreEmpty_givesOne() {
        Silent first = add(1);
        Silent next = add(2);
        Silent removed = add(4);
        Silent last = add(3);
        remove(removed);
        remove(first);
        assertSame(next, heap.first());
        assertNotNull(heap.any());
        remove(next);
        assertSame(last, heap.any());
    }
}
