package dev.pogo.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pogo.PogoException;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One thread waits while another changes what it waits for: no waiter is forgotten. */
final class WaitListRaces {
    private WaitListRaces() {}

    @JCStressTest
    @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "It came late and saw the change.")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "It saw no change and was told.")
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "Both, since a waiter enlists first.")
    @Outcome(expect = FORBIDDEN, desc = "It saw no change and was not told, or told twice.")
    @State
    public static class EnlistOrChange {
        private final WaitList awaitable = new Inert(1).tasks();
        private final CountingWaiter waiter = new CountingWaiter();
        private volatile boolean changed;

        @Actor
        public void enlist(LL_Result r) {
            awaitable.enlist(waiter);
            r.r1 = changed;
        }

        @Actor
        public void change() {
            changed = true;
            awaitable.wakeAll();
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r2 = waiter.told();
        }
    }

    /** A waiter that a wake-up misses waits for the next one. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Each was told, now or the next time.")
    @Outcome(expect = FORBIDDEN, desc = "One was forgotten, or told twice.")
    @State
    public static class EnlistOrWake {
        private final WaitList awaitable = new Inert(1).tasks();
        private final CountingWaiter early = new CountingWaiter();
        private final CountingWaiter late = new CountingWaiter();

        public EnlistOrWake() {
            awaitable.enlist(early);
        }

        @Actor
        public void enlist() {
            awaitable.enlist(late);
        }

        @Actor
        public void wake() {
            awaitable.wakeAll();
        }

        @Arbiter
        public void look(LL_Result r) {
            awaitable.wakeAll();
            r.r1 = early.told();
            r.r2 = late.told();
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It was told.")
    @Outcome(expect = FORBIDDEN, desc = "It was forgotten, or told twice.")
    @State
    public static class WakeTwice {
        private final WaitList awaitable = new Inert(1).tasks();
        private final CountingWaiter waiter = new CountingWaiter();

        public WakeTwice() {
            awaitable.enlist(waiter);
        }

        @Actor
        public void first() {
            awaitable.wakeAll();
        }

        @Actor
        public void second() {
            awaitable.wakeAll();
        }

        @Arbiter
        public void look(L_Result r) {
            r.r1 = waiter.told();
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It was told.")
    @Outcome(expect = FORBIDDEN, desc = "It was forgotten, or told twice.")
    @State
    public static class WakeOrTell {
        private final WaitList awaitable = new Inert(1).tasks();
        private final CountingWaiter waiter = new CountingWaiter();

        public WakeOrTell() {
            awaitable.enlist(waiter);
        }

        @Actor
        public void wake() {
            awaitable.wakeAll();
        }

        @Actor
        public void tell() {
            waiter.tell();
        }

        @Arbiter
        public void look(L_Result r) {
            r.r1 = waiter.told();
        }
    }

    /** So many have left that whoever enlists next sweeps them out. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Each was told once.")
    @Outcome(expect = FORBIDDEN, desc = "One was forgotten, or told twice.")
    @State
    public static class SweepTwice {
        private final WaitList awaitable = new Inert(1).tasks();
        private final List<CountingWaiter> waiters = new ArrayList<>();

        public SweepTwice() {
            for (int i = 0; i < 17; i++) {
                waiters.add(new CountingWaiter());
            }
            waiters.subList(0, 15).forEach(awaitable::enlist);
            waiters.subList(1, 14).forEach(WaitList.Waiter::leave);
        }

        @Actor
        public void first() {
            awaitable.enlist(waiters.get(15));
        }

        @Actor
        public void second() {
            awaitable.enlist(waiters.get(16));
        }

        @Arbiter
        public void look(L_Result r) {
            awaitable.wakeAll();
            waiters.subList(1, 14).clear();
            boolean once = waiters.stream().allMatch(waiter -> waiter.told() == 1);
            r.r1 = once ? 1 : waiters.stream().map(waiter -> waiter.told()).toList();
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It has the task's value.")
    @Outcome(expect = FORBIDDEN, desc = "It was not woken.")
    @State
    public static class RunOrAwait {
        private final TaskImpl<Integer> task = new Inert(1).submitted();

        @Actor
        public void run() {
            Inert.run(task);
        }

        @Actor
        public void await(L_Result r) {
            try {
                r.r1 = task.await(Duration.ofSeconds(5));
            } catch (InterruptedException | PogoException e) {
                r.r1 = e;
            }
        }
    }
}
