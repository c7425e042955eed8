package dev.pogo.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

import java.util.List;

/** A task fails while another thread does something to its scope. */
final class FailureRaces {
    private FailureRaces() {}

    private static int fail() throws Exception {
        throw new Exception("test");
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "The new task is cancelled.")
    @Outcome(expect = FORBIDDEN, desc = "It goes on beside the failure.")
    @State
    public static class SpawnOrFailFast {
        private final Inert inert = new Inert(2);
        private final TaskImpl<Integer> failing;
        private @Nullable TaskImpl<Integer> spawned;

        public SpawnOrFailFast() {
            inert.tasks().failFast();
            failing = inert.submitted(FailureRaces::fail);
        }

        @Actor
        public void spawn() {
            spawned = inert.spawned();
        }

        @Actor
        public void fail() {
            Inert.run(failing);
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r1 = spawned != null && spawned.isCancelled();
            r.r2 = inert.tasks().firstFailure() == failing;
        }
    }

    @JCStressTest
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "The other failure counts.")
    @Outcome(expect = FORBIDDEN, desc = "No failure counts, or nobody was told.")
    @State
    public static class ExcuseOneWhileAnotherFails {
        private final Inert inert = new Inert(2);
        private final TaskImpl<Integer> excused = inert.submitted(FailureRaces::fail);
        private final TaskImpl<Integer> failing = inert.submitted(FailureRaces::fail);
        private final CountingWaiter waiter = new CountingWaiter();

        public ExcuseOneWhileAnotherFails() {
            Inert.run(excused);
            inert.tasks().enlist(waiter);
        }

        @Actor
        public void excuse() {
            inert.tasks().excuse(List.of(excused));
        }

        @Actor
        public void fail() {
            Inert.run(failing);
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r1 = inert.tasks().hasFailed() && inert.tasks().firstFailure() == failing;
            r.r2 = waiter.told();
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "It fails after it was looked at.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "It is excused, and does not count.")
    @Outcome(expect = FORBIDDEN, desc = "An excused failure counts, or another one does not.")
    @State
    public static class FailAndBeExcused {
        private final Inert inert = new Inert(1);
        private final TaskImpl<Integer> failing = inert.submitted(FailureRaces::fail);

        @Actor
        public void fail() {
            Inert.run(failing);
        }

        @Actor
        public void excuse() {
            inert.tasks().excuse(List.of(failing));
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r1 = failing.failsScope();
            r.r2 = inert.tasks().hasFailed();
        }
    }
}
