package dev.pogo.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pogo.PogoConfig;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Races for the alarms of scopes. */
final class AlarmRaces {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** A timer that has no thread, and looks where the test does so. */
    private static final class Looked {
        /** So far ahead that no alarm is due, however late the actors are. */
        private final long began = System.nanoTime() + TimeUnit.HOURS.toNanos(1);

        private final Timer timer = new Timer(List.of());
        private final PogoRuntimeImpl runtime = PogoRuntimeImpl.start(PogoConfig.defaults(), timer);

        Looked() {
            waitingUntil(100_000); // without anything to be found there would be no horizon
            look(0);
        }

        /** What an owner does in its first wait. */
        PogoScopeImpl waitingUntil(long millis) {
            PogoScopeImpl scope = new PogoScopeImpl(runtime, null, null, null);
            runtime.register(scope);
            scope.wakeUp().setFor(began + millis * MILLI);
            return scope;
        }

        void look(long millis) {
            AlarmScan scan = Objects.requireNonNull(timer.scan());
            do {
                scan.step(began + millis * MILLI);
            } while (scan.untilNextStep(began + millis * MILLI, true) <= 0);
        }
    }

    @JCStressTest
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "Armed by the owner or by the look.")
    @Outcome(expect = FORBIDDEN, desc = "Each has left it to the other.")
    @State
    public static class SetOrLook {
        private final Looked looked = new Looked();

        @Actor
        public void set(II_Result r) {
            r.r2 = looked.waitingUntil(600).isClosed() ? 0 : 1;
        }

        @Actor
        public void look() {
            looked.look(250);
        }

        @Arbiter
        public void count(II_Result r) {
            r.r1 = looked.timer.pending();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Disarmed, or not armed at all.")
    @Outcome(expect = FORBIDDEN, desc = "An alarm is left behind.")
    @State
    public static class EndOrLook {
        private final Looked looked = new Looked();
        private final PogoScopeImpl scope = looked.waitingUntil(600);

        @Actor
        public void end() {
            scope.closeForOwner();
        }

        @Actor
        public void look() {
            looked.look(250);
        }

        @Arbiter
        public void count(II_Result r) {
            r.r1 = looked.timer.pending();
            r.r2 = looked.runtime.toString().contains("1 busy scopes") ? 0 : 1;
        }
    }

    private AlarmRaces() {}
}
