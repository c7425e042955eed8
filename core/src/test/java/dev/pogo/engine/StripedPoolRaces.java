package dev.pogo.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pogo.engine.PoolRaces.Tasks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * Threads use one pool, whose permits are shared out over two words, from scopes that each prefer
 * another word. The results are as in {@link PoolRaces}.
 */
final class StripedPoolRaces {
    private StripedPoolRaces() {}

    @JCStressTest
    @Outcome(id = "1/0, 0/0, 1", expect = ACCEPTABLE, desc = "The new task has the permit.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled, or a task is stranded.")
    @State
    public static class ReleaseOrSubmit extends Tasks {
        private final TaskImpl<Integer> running = inert.submittedIn(0);
        private final TaskImpl<Integer> late = inert.unsubmittedIn(1);

        public ReleaseOrSubmit() {
            super(1, 2);
        }

        @Actor
        public void release() {
            Inert.run(running);
        }

        @Actor
        public void submit() {
            inert.submit(late);
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1/1, 0/0, 1", expect = ACCEPTABLE, desc = "One has the permit, one waits.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled, or a task is stranded.")
    @State
    public static class SubmitTwice extends Tasks {
        private final TaskImpl<Integer> first = inert.unsubmittedIn(0);
        private final TaskImpl<Integer> second = inert.unsubmittedIn(1);

        public SubmitTwice() {
            super(1, 2);
        }

        @Actor
        public void first() {
            inert.submit(first);
        }

        @Actor
        public void second() {
            inert.submit(second);
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }

    /**
     * Who tries in vain takes the word below zero for a moment, and so may hide the permit that is
     * given back from the one that begins to wait.
     */
    abstract static class HiddenPermit extends Tasks {
        private final TaskImpl<Integer> first = inert.unsubmittedIn(0);
        private final TaskImpl<Integer> second = inert.unsubmittedIn(0);
        private final TaskImpl<Integer> other = inert.unsubmittedIn(1);

        HiddenPermit(int words) {
            super(1, words);
        }

        final void takeAndGiveAndWait() {
            inert.submit(first);
            Inert.run(first);
            inert.submit(second);
        }

        final void tryInVain() {
            inert.submit(other);
        }
    }

    @JCStressTest
    @Outcome(id = "1/1, 0/0, 1", expect = ACCEPTABLE, desc = "The first one is through.")
    @Outcome(id = "1/2, 0/0, 1", expect = ACCEPTABLE, desc = "The other one was before.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled, or a task is stranded.")
    @State
    public static class PermitHiddenInTheWord extends HiddenPermit {
        public PermitHiddenInTheWord() {
            super(1);
        }

        @Actor
        public void first() {
            takeAndGiveAndWait();
        }

        @Actor
        public void second() {
            tryInVain();
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1/1, 0/0, 1", expect = ACCEPTABLE, desc = "The first one is through.")
    @Outcome(id = "1/2, 0/0, 1", expect = ACCEPTABLE, desc = "The other one was before.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled, or a task is stranded.")
    @State
    public static class PermitHiddenInAnotherWord extends HiddenPermit {
        public PermitHiddenInAnotherWord() {
            super(2);
        }

        @Actor
        public void first() {
            takeAndGiveAndWait();
        }

        @Actor
        public void second() {
            tryInVain();
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1/0, 0/0, 2", expect = ACCEPTABLE, desc = "One permit is handed on, one free.")
    @Outcome(expect = FORBIDDEN, desc = "A permit is lost or doubled, or a task is stranded.")
    @State
    public static class ReleaseBothToOne extends Tasks {
        private final TaskImpl<Integer> first = inert.submittedIn(0);
        private final TaskImpl<Integer> second = inert.submittedIn(1);

        public ReleaseBothToOne() {
            super(2, 2);
            inert.submittedIn(0);
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
        public void end(LLL_Result r) {
            look(r);
        }
    }
}
