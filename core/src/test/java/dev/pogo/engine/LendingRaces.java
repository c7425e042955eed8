package dev.pogo.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pogo.PoolLoad;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * A permit is lent, given back and passed on by two threads at once. The pool has one permit, and
 * the parent has it. Each result is running/waiting/lent after the two steps, and the same once the
 * parent awaits no longer and all tasks have been run.
 */
final class LendingRaces {
    private LendingRaces() {}

    /** A parent with a permit and the look at it. */
    abstract static class Parent {
        final Inert inert = new Inert(1);
        final TaskImpl<Integer> parent = inert.submitted();

        final void look(LL_Result r) {
            r.r1 = numbers();
            Inert.endAwait(parent);
            inert.runAll();
            r.r2 = numbers();
        }

        private String numbers() {
            PoolLoad load = inert.load();
            return load.running() + "/" + load.waiting() + "/" + load.lent();
        }
    }

    @JCStressTest
    @Outcome(id = "1/0/1, 0/0/0", expect = ACCEPTABLE, desc = "The child has the permit.")
    @Outcome(expect = FORBIDDEN, desc = "The child waits for a permit that lies idle.")
    @State
    public static class AwaitAllOrSubmit extends Parent {
        private final TaskImpl<Integer> child = inert.unsubmitted();

        @Actor
        public void await() {
            Inert.beginAwait(parent, inert.tasks(), () -> false);
        }

        @Actor
        public void submit() {
            inert.submit(child);
        }

        @Arbiter
        public void end(LL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "2/0/0, 0/0/0", expect = ACCEPTABLE, desc = "The child borrowed it in time.")
    @Outcome(id = "1/1/0, 0/0/0", expect = ACCEPTABLE, desc = "The parent went on before.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled.")
    @State
    public static class GoOnOrSubmit extends Parent {
        private final TaskImpl<Integer> child = inert.unsubmitted();

        public GoOnOrSubmit() {
            Inert.beginAwait(parent, inert.tasks(), () -> false);
        }

        @Actor
        public void goOn() {
            Inert.endAwait(parent);
        }

        @Actor
        public void submit() {
            inert.submit(child);
        }

        @Arbiter
        public void end(LL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "2/0/0, 0/0/0", expect = ACCEPTABLE, desc = "The second child has it now.")
    @Outcome(id = "1/1/0, 0/0/0", expect = ACCEPTABLE, desc = "The parent went on before.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled.")
    @State
    public static class GoOnOrGiveBack extends Parent {
        private final TaskImpl<Integer> first = inert.submitted();

        public GoOnOrGiveBack() {
            inert.submitted();
            Inert.beginAwait(parent, inert.tasks(), () -> false);
        }

        @Actor
        public void goOn() {
            Inert.endAwait(parent);
        }

        @Actor
        public void giveBack() {
            Inert.run(first);
        }

        @Arbiter
        public void end(LL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1/0/0, 0/0/0", expect = ACCEPTABLE, desc = "The waiting task has the permit.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled.")
    @State
    public static class BothEnd extends Parent {
        private final TaskImpl<Integer> child = inert.submitted();

        public BothEnd() {
            Inert.beginAwait(parent, child, child::done);
            Inert.endAwait(parent);
            inert.submitted();
        }

        @Actor
        public void lender() {
            Inert.run(parent);
        }

        @Actor
        public void borrower() {
            Inert.run(child);
        }

        @Arbiter
        public void end(LL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1/0/0, 0/0/0", expect = ACCEPTABLE, desc = "The parent has its permit.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled.")
    @State
    public static class LendOrCancel extends Parent {
        private final TaskImpl<Integer> child = inert.submitted();

        @Actor
        public void lend() {
            Inert.beginAwait(parent, child, child::done);
        }

        @Actor
        public void cancel() {
            Inert.cancel(child);
        }

        @Arbiter
        public void end(LL_Result r) {
            look(r);
        }
    }

    /** A parent whose await ends by itself, and the pool's only permit with its child. */
    abstract static class Returning extends Parent {
        final TaskImpl<Integer> child = inert.submitted();

        Returning() {
            Inert.beginAwait(parent, child, child::done);
        }

        /** Whether the parent waits, and how many run. */
        final void lookAtParent(LL_Result r) {
            r.r1 = Inert.returns(parent);
            r.r2 = inert.load().running();
        }
    }

    @JCStressTest
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "The parent has its permit.")
    @Outcome(expect = FORBIDDEN, desc = "The parent waits for a permit that lies idle.")
    @State
    public static class ReturnOrGiveBack extends Returning {
        @Actor
        public void goOn() {
            Inert.endAwaitByItself(parent);
        }

        @Actor
        public void giveBack() {
            Inert.run(child);
        }

        @Arbiter
        public void end(LL_Result r) {
            lookAtParent(r);
        }
    }

    @JCStressTest
    @Outcome(id = "false, 2", expect = ACCEPTABLE, desc = "The parent goes on beside its child.")
    @Outcome(expect = FORBIDDEN, desc = "The parent waits for a child that is cancelled.")
    @State
    public static class ReturnOrCancel extends Returning {
        public ReturnOrCancel() {
            Inert.begin(child); // or the cancel takes it back
        }

        @Actor
        public void goOn() {
            Inert.endAwaitByItself(parent);
        }

        @Actor
        public void cancel() {
            Inert.cancel(child);
        }

        @Arbiter
        public void end(LL_Result r) {
            lookAtParent(r);
        }
    }

    @JCStressTest
    @Outcome(id = "false, 2", expect = ACCEPTABLE, desc = "The parent has the other's permit.")
    @Outcome(expect = FORBIDDEN, desc = "The parent waits although a permit is free.")
    @State
    public static class ReturnOrRelease {
        private final Inert inert = new Inert(2);
        private final TaskImpl<Integer> parent = inert.submitted();
        private final TaskImpl<Integer> other = inert.submitted();
        private final TaskImpl<Integer> child = inert.submitted();

        public ReturnOrRelease() {
            Inert.beginAwait(parent, child, child::done);
        }

        @Actor
        public void goOn() {
            Inert.endAwaitByItself(parent);
        }

        @Actor
        public void release() {
            Inert.run(other);
        }

        @Arbiter
        public void end(LL_Result r) {
            r.r1 = Inert.returns(parent);
            r.r2 = inert.load().running();
        }
    }

    @JCStressTest
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "The parent has its permit.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled.")
    @State
    public static class InterruptedReturnOrGiveBack extends Returning {
        @Actor
        public void goOn() {
            Inert.endAwaitByItself(parent);
            Inert.interruptReturning(parent);
        }

        @Actor
        public void giveBack() {
            Inert.run(child);
        }

        @Arbiter
        public void end(LL_Result r) {
            lookAtParent(r);
        }
    }
}
