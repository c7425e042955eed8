package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Eventually;
import dev.pogo.util.ThreadFactories;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

class TimerTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Timer timer = new Timer();
    private final List<Integer> fired = Collections.synchronizedList(new ArrayList<>());

    private final class Numbered extends Alarm {
        private final int number;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        void fire() {
            fired.add(number);
        }
    }

    @Test
    void arm_randomTimes_firesInTheirOrderWithoutTheDisarmed() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long start = System.nanoTime() + SECOND / 20;
        List<Numbered> alarms = new ArrayList<>();
        List<Integer> times = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            times.add(i);
        }
        Collections.shuffle(times, random);
        for (int time : times) {
            Numbered alarm = new Numbered(time);
            alarms.add(alarm);
            timer.arm(alarm, start + 10 * SECOND);
        }
        for (Numbered alarm : alarms) { // moves it
            timer.arm(alarm, start + alarm.number);
        }
        List<Integer> expected = new ArrayList<>();
        for (Numbered alarm : alarms) {
            if (random.nextBoolean()) {
                timer.disarm(alarm);
                timer.disarm(alarm);
            } else {
                expected.add(alarm.number);
            }
        }
        Collections.sort(expected);
        Eventually.isTrue(() -> timer.pending() == 0 && fired.size() >= expected.size());
        timer.close();
        assertEquals(expected, fired, () -> "seed " + seed);
    }

    /**
     * It looks at its alarms every second in any case; a machine that stands still gets 5 tries.
     */
    @Test
    void arm_threadSleepsLonger_isWoken() {
        AtomicReference<Thread> thread = new AtomicReference<>();
        Timer watched =
                new Timer(
                        List.of(work -> {
                            thread.set(Thread.ofPlatform().name("pogo-timer").unstarted(work));
                            return thread.get();
                        }));
        watched.arm(new Numbered(-1), System.nanoTime() + 100 * SECOND);
        long late = Long.MAX_VALUE;
        for (int i = 0; i < 5 && late > SECOND / 4; i++) {
            Eventually.isTrue(() -> thread.get().getState() == Thread.State.TIMED_WAITING);
            int number = i;
            long armed = System.nanoTime();
            watched.arm(new Numbered(number), armed);
            Eventually.isTrue(() -> fired.contains(number));
            late = System.nanoTime() - armed;
        }
        watched.close();
        assertTrue(late <= SECOND / 4, "woken " + late + " ns late");
    }

    @Test
    void arm_earlierThanTheThreadSleeps_firesInTime() {
        timer.arm(new Numbered(1), System.nanoTime() + 100 * SECOND);
        long due = System.nanoTime() + SECOND / 100;
        timer.arm(new Numbered(2), due);
        Eventually.isTrue(() -> fired.contains(2));
        assertTrue(System.nanoTime() - due >= 0);
        assertEquals(1, timer.pending());
        timer.close();
        assertEquals(0, timer.pending());
    }

    @Test
    void arm_noPlatformThreadToBeHad_firesOnAVirtualOne() {
        Timer limited =
                new Timer(
                        List.of(
                                new FailingThreads(new OutOfMemoryError("no thread"))
                                        .with(FaultyThreads.Fault.NOT_MADE),
                                ThreadFactories.virtual("pogo-timer")));
        limited.arm(new Numbered(1), System.nanoTime());
        Eventually.isTrue(() -> fired.contains(1));
        limited.close();
    }

    @Test
    void fire_throws_othersFireStill() {
        timer.arm(
                new Alarm() {
                    @Override
                    void fire() {
                        throw new IllegalStateException("to be logged");
                    }
                },
                System.nanoTime());
        timer.arm(new Numbered(1), System.nanoTime());
        Eventually.isTrue(() -> fired.contains(1));
        timer.close();
    }

    @Test
    void arm_afterClose_doesNothing() {
        timer.close();
        timer.arm(new Numbered(1), System.nanoTime());
        assertEquals(0, timer.pending());
        timer.close();
    }

    @Test
    void arm_afterTheThreadEndedForWantOfAlarms_startsAnother() {
        for (int i = 0; i < 2; i++) {
            int number = i;
            timer.arm(new Numbered(number), System.nanoTime());
            Eventually.isTrue(() -> fired.contains(number));
            Eventually.isTrue(() ->
                    Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().equals("pogo-timer")));
        }
        timer.close();
    }
}
