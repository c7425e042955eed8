package dev.pogo.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pogo.PoolLoad;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * Two threads use one pool: no permit is lost or doubled, and nobody waits for one that is free.
 * Each result is running/waiting after the two steps, the same once all tasks have been run, and
 * how many tasks have had a permit at the same time.
 */
final class PoolRaces {
    private PoolRaces() {}

    /** A pool with its tasks, and the look at them. */
    abstract static class Tasks {
        final Inert inert;

        Tasks(int size) {
            this(size, 1);
        }

        Tasks(int size, int words) {
            inert = new Inert(size, words);
        }

        final void look(LLL_Result r) {
            r.r1 = runningAndWaiting();
            inert.runAll();
            r.r2 = runningAndWaiting();
            r.r3 = inert.mostAtOnce();
        }

        private String runningAndWaiting() {
            PoolLoad load = inert.load();
            return load.running() + "/" + load.waiting();
        }
    }

    @JCStressTest
    @Outcome(id = "1/1, 0/0, 1", expect = ACCEPTABLE, desc = "One has the permit, one waits.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled, or a task is stranded.")
    @State
    public static class SubmitTwice extends Tasks {
        private final TaskImpl<Integer> first = inert.unsubmitted();
        private final TaskImpl<Integer> second = inert.unsubmitted();

        public SubmitTwice() {
            super(1);
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

    @JCStressTest
    @Outcome(id = "1/0, 0/0, 1", expect = ACCEPTABLE, desc = "The new task has the permit.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled, or a task is stranded.")
    @State
    public static class ReleaseOrSubmit extends Tasks {
        private final TaskImpl<Integer> running = inert.submitted();
        private final TaskImpl<Integer> late = inert.unsubmitted();

        public ReleaseOrSubmit() {
            super(1);
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
    @Outcome(id = "0/0, 0/0, 2", expect = ACCEPTABLE, desc = "Both permits are free.")
    @Outcome(expect = FORBIDDEN, desc = "A permit is lost.")
    @State
    public static class ReleaseBoth extends Tasks {
        private final TaskImpl<Integer> first = inert.submitted();
        private final TaskImpl<Integer> second = inert.submitted();

        public ReleaseBoth() {
            super(2);
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

    @JCStressTest
    @Outcome(id = "1/0, 0/0, 2", expect = ACCEPTABLE, desc = "One permit is handed on, one free.")
    @Outcome(expect = FORBIDDEN, desc = "A permit is lost or doubled, or a task is stranded.")
    @State
    public static class ReleaseBothToOne extends Tasks {
        private final TaskImpl<Integer> first = inert.submitted();
        private final TaskImpl<Integer> second = inert.submitted();

        public ReleaseBothToOne() {
            super(2);
            inert.submitted();
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

    @JCStressTest
    @Outcome(id = "1/0, 0/0, 1", expect = ACCEPTABLE, desc = "The one behind it has it.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled, or a task is stranded.")
    @State
    public static class ReleaseOrCancelNext extends Tasks {
        private final TaskImpl<Integer> running = inert.submitted();
        private final TaskImpl<Integer> next = inert.submitted();

        public ReleaseOrCancelNext() {
            super(1);
            inert.submitted();
        }

        @Actor
        public void release() {
            Inert.run(running);
        }

        @Actor
        public void cancel() {
            Inert.cancel(next);
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "0/0, 0/0, 1", expect = ACCEPTABLE, desc = "It is free.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled.")
    @State
    public static class ReleaseOrCancelLast extends Tasks {
        private final TaskImpl<Integer> running = inert.submitted();
        private final TaskImpl<Integer> last = inert.submitted();

        public ReleaseOrCancelLast() {
            super(1);
        }

        @Actor
        public void release() {
            Inert.run(running);
        }

        @Actor
        public void cancel() {
            Inert.cancel(last);
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1/0, 0/0, 1", expect = ACCEPTABLE, desc = "The cancelled one is not in line.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost, or a cancelled task stays in line.")
    @State
    public static class LineUpOrCancel extends Tasks {
        private final TaskImpl<Integer> task = inert.unsubmitted();

        public LineUpOrCancel() {
            super(1);
            inert.submitted();
        }

        @Actor
        public void lineUp() {
            inert.submit(task);
        }

        @Actor
        public void cancel() {
            Inert.cancel(task);
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "0/0, 0/0, 0", expect = ACCEPTABLE, desc = "Cancelled before; it is free.")
    @Outcome(id = "0/0, 0/0, 1", expect = ACCEPTABLE, desc = "It had it, and was taken back.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is lost or doubled.")
    @State
    public static class AcquireOrCancel extends Tasks {
        private final TaskImpl<Integer> task = inert.unsubmitted();

        public AcquireOrCancel() {
            super(1);
        }

        @Actor
        public void acquire() {
            inert.submit(task);
        }

        @Actor
        public void cancel() {
            Inert.cancel(task);
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @Outcome(id = "1/1, 0/0, 1", expect = ACCEPTABLE, desc = "The other one waits.")
    @Outcome(expect = FORBIDDEN, desc = "The permit is doubled, or a task is stranded.")
    @State
    public static class LineUpOrCancelLast extends Tasks {
        private final TaskImpl<Integer> waiting;
        private final TaskImpl<Integer> late;

        public LineUpOrCancelLast() {
            super(1);
            inert.submitted();
            waiting = inert.submitted();
            late = inert.unsubmitted();
        }

        @Actor
        public void lineUp() {
            inert.submit(late);
        }

        @Actor
        public void cancel() {
            Inert.cancel(waiting);
        }

        @Arbiter
        public void end(LLL_Result r) {
            look(r);
        }
    }
}
