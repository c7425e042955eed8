package dev.pogo.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pogo.CancelReason;
import dev.pogo.PoolLoad;
import dev.pogo.Task;
import dev.pogo.engine.TaskState.Cancelled;
import dev.pogo.engine.TaskState.Failed;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Two threads move one task: one of them wins, and everybody sees the winner's facts. */
final class TaskRaces {
    private TaskRaces() {}

    private static Failed expired() {
        return new Failed(new Exception("expired"), 0);
    }

    @JCStressTest
    @Outcome(id = "true, false, RUNNING", expect = ACCEPTABLE, desc = "It was admitted in time.")
    @Outcome(id = "false, true, FAILED", expect = ACCEPTABLE, desc = "It expired before.")
    @Outcome(expect = FORBIDDEN, desc = "Both have won, or none, or the state is not the winner's.")
    @State
    public static class AdmitOrExpire {
        private final Inert inert = new Inert(1);
        private final TaskImpl<Integer> task = inert.unsubmitted();
        private final Thread thread = inert.thread();

        @Actor
        public void admit(LLL_Result r) {
            r.r1 = task.admit(thread);
        }

        @Actor
        public void expire(LLL_Result r) {
            r.r2 = task.giveUp(expired());
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r3 = task.state();
        }
    }

    @JCStressTest
    @Outcome(id = "true, true, -1", expect = ACCEPTABLE, desc = "Admitted, then taken back.")
    @Outcome(id = "false, true, -1", expect = ACCEPTABLE, desc = "Cancelled, and never started.")
    @Outcome(expect = FORBIDDEN, desc = "The cancel is lost, or the task ended with a thread.")
    @State
    public static class AdmitOrCancel {
        private final Inert inert = new Inert(1);
        private final TaskImpl<Integer> task = inert.unsubmitted();
        private final Thread thread = inert.thread();

        @Actor
        public void admit(LLL_Result r) {
            r.r1 = task.admit(thread);
        }

        @Actor
        public void cancel(LLL_Result r) {
            r.r2 = task.cancel() && task.hasEnded() && task.liveThread() == null;
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r3 = task.state() == Task.State.CANCELLED ? Inert.interrupts(task) : task.state();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, FAILED", expect = ACCEPTABLE, desc = "It expired first.")
    @Outcome(id = "false, true, CANCELLED", expect = ACCEPTABLE, desc = "It was cancelled first.")
    @Outcome(expect = FORBIDDEN, desc = "Both have won, or none, or the state is not the winner's.")
    @State
    public static class ExpireOrCancel {
        private final TaskImpl<Integer> task = new Inert(1).unsubmitted();

        @Actor
        public void expire(LLL_Result r) {
            r.r1 = task.giveUp(expired());
        }

        @Actor
        public void cancel(LLL_Result r) {
            r.r2 = task.cancel();
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r3 = task.state();
        }
    }

    /** The first step of the task's thread against the one who takes the task back. */
    @JCStressTest
    @Outcome(id = "true, true, 1/1", expect = ACCEPTABLE, desc = "It has begun; one interrupt.")
    @Outcome(id = "false, true, -1/0", expect = ACCEPTABLE, desc = "It was taken back.")
    @Outcome(expect = FORBIDDEN, desc = "Both have the permit, or none, or not one interrupt.")
    @State
    public static class BeginOrCancel {
        private final Inert inert = new Inert(1);
        private final TaskImpl<Integer> task = inert.submitted();

        @Actor
        public void begin(LLL_Result r) {
            r.r1 = Inert.begin(task);
        }

        @Actor
        public void cancel(LLL_Result r) {
            r.r2 = task.cancel();
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r3 = Inert.interrupts(task) + "/" + inert.load().running();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, 1/0", expect = ACCEPTABLE, desc = "The first has cancelled it.")
    @Outcome(id = "false, true, 1/0", expect = ACCEPTABLE, desc = "The second has cancelled it.")
    @Outcome(expect = FORBIDDEN, desc = "Both have won, or the next has not the one permit.")
    @State
    public static class TakeBackTwice {
        private final Inert inert = new Inert(1);
        private final TaskImpl<Integer> task = inert.submitted();

        public TakeBackTwice() {
            inert.submitted();
        }

        @Actor
        public void first(LLL_Result r) {
            r.r1 = task.cancel();
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = task.cancel();
        }

        @Arbiter
        public void look(LLL_Result r) {
            PoolLoad load = inert.load();
            r.r3 = load.running() + "/" + load.waiting();
        }
    }

    /** One has cancelled it and not stopped it yet, as another comes by that does. */
    @JCStressTest
    @Outcome(id = "1/1", expect = ACCEPTABLE, desc = "One interrupt.")
    @Outcome(expect = FORBIDDEN, desc = "None, or two.")
    @State
    public static class StopTwice {
        private final Inert inert = new Inert(1);
        private final TaskImpl<Integer> task = inert.submitted();

        public StopTwice() {
            Inert.begin(task);
            task.decideCancelled(Cancelled.now(CancelReason.CANCEL_CALLED));
        }

        @Actor
        public void first() {
            task.stopCancelled();
        }

        @Actor
        public void second() {
            task.stopCancelled();
        }

        @Arbiter
        public void look(L_Result r) {
            r.r1 = Inert.interrupts(task) + "/" + inert.load().running();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "The first has cancelled it.")
    @Outcome(id = "false, true, 1", expect = ACCEPTABLE, desc = "The second has cancelled it.")
    @Outcome(expect = FORBIDDEN, desc = "Both have won, or none, or not one interrupt.")
    @State
    public static class CancelTwice {
        private final TaskImpl<Integer> task = new Inert(1).submitted();

        public CancelTwice() {
            Inert.begin(task);
        }

        @Actor
        public void first(LLL_Result r) {
            r.r1 = task.cancel();
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = task.cancel();
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r3 = Inert.interrupts(task);
        }
    }

    @JCStressTest
    @Outcome(id = "SUCCEEDED, false, 0", expect = ACCEPTABLE, desc = "It finished first.")
    @Outcome(id = "CANCELLED, true, 0", expect = ACCEPTABLE, desc = "It was cancelled first.")
    @Outcome(expect = FORBIDDEN, desc = "Both have won, or none, or the permit is not back.")
    @State
    public static class RunOrCancel {
        private final Inert inert = new Inert(1);
        private final TaskImpl<Integer> task = inert.submitted();

        @Actor
        public void run() {
            Inert.run(task);
        }

        @Actor
        public void cancel(LLL_Result r) {
            r.r2 = Inert.cancel(task);
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r1 = task.state();
            r.r3 = inert.load().running();
        }
    }

    @JCStressTest
    @Outcome(id = "none, null", expect = ACCEPTABLE, desc = "It is not done yet.")
    @Outcome(id = "41, 42", expect = ACCEPTABLE, desc = "The value and what the work wrote.")
    @Outcome(expect = FORBIDDEN, desc = "The task is done, and not all of its work is seen.")
    @State
    public static class RunAndRead {
        private int written;

        private final TaskImpl<Integer> task =
                new Inert(1)
                        .submitted(() -> {
                            written = 41;
                            return 42;
                        });

        @Actor
        public void run() {
            Inert.run(task);
        }

        @Actor
        public void read(LL_Result r) {
            if (task.done()) {
                r.r1 = written;
                r.r2 = task.result();
            } else {
                r.r1 = "none";
            }
        }
    }
}
