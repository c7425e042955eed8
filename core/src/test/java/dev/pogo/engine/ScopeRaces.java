package dev.pogo.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pogo.CancelReason;
import dev.pogo.UnknownTaskException;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Two threads use one scope: it knows all of its tasks, and when they have ended. */
final class ScopeRaces {
    private ScopeRaces() {}

    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The first has it.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The second has it.")
    @Outcome(expect = FORBIDDEN, desc = "Both have it, or none.")
    @State
    public static class ClaimTwice {
        private final Inert inert = new Inert(1);
        private final long id = inert.unsubmitted().id();

        @Actor
        public void first(LL_Result r) {
            r.r1 = claim();
        }

        @Actor
        public void second(LL_Result r) {
            r.r2 = claim();
        }

        private boolean claim() {
            try {
                return inert.tasks().claim(id).id() == id;
            } catch (UnknownTaskException e) {
                return false;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "Added, and found by who refuses more.")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "Refused.")
    @Outcome(expect = FORBIDDEN, desc = "A task that nobody will cancel, or one that was refused.")
    @State
    public static class AddOrRefuse {
        private final Inert inert = new Inert(1);

        @Actor
        public void add(LL_Result r) {
            try {
                r.r1 = inert.unsubmitted().isWaiting();
            } catch (IllegalStateException e) {
                r.r1 = false;
            }
        }

        @Actor
        public void refuse(LL_Result r) {
            inert.tasks().refuse(CancelReason.SCOPE_CLOSED);
            r.r2 = inert.tasks().snapshot().size();
        }
    }

    @JCStressTest
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "All have ended, and it was told so.")
    @Outcome(expect = FORBIDDEN, desc = "An end is lost, or nobody has told of the last one.")
    @State
    public static class EndTwo {
        private final Inert inert = new Inert(2);
        private final TaskImpl<Integer> first = inert.submitted();
        private final TaskImpl<Integer> second = inert.submitted();
        private final CountingWaiter waiter = new CountingWaiter();

        public EndTwo() {
            inert.tasks().anyTask().enlist(waiter); // as who waits for all
        }

        @Actor
        public void first() {
            Inert.run(first);
        }

        @Actor
        public void second() {
            Inert.run(second);
        }

        @Arbiter
        public void look(LL_Result r) {
            try {
                r.r1 = inert.tasks().awaitAllDecided(System.nanoTime(), reached -> {});
            } catch (InterruptedException e) {
                r.r1 = e;
            }
            r.r2 = waiter.told();
        }
    }

    @JCStressTest
    @Outcome(id = "first, 1", expect = ACCEPTABLE, desc = "The first task failed first.")
    @Outcome(id = "second, 1", expect = ACCEPTABLE, desc = "The second task failed first.")
    @Outcome(expect = FORBIDDEN, desc = "No failure is kept, or nobody was told.")
    @State
    public static class FailTwice {
        private final Inert inert = new Inert(2);
        private final TaskImpl<Integer> first = inert.submitted(FailTwice::fail);
        private final TaskImpl<Integer> second = inert.submitted(FailTwice::fail);
        private final CountingWaiter waiter = new CountingWaiter();

        public FailTwice() {
            inert.tasks().enlist(waiter);
        }

        private static int fail() throws Exception {
            throw new Exception("test");
        }

        @Actor
        public void first() {
            Inert.run(first);
        }

        @Actor
        public void second() {
            Inert.run(second);
        }

        @Arbiter
        public void look(LL_Result r) {
            TaskImpl<?> failed = inert.tasks().firstFailure();
            r.r1 = failed == first ? "first" : failed == second ? "second" : "none";
            r.r2 = waiter.told();
        }
    }
}
