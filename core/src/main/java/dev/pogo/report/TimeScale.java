package dev.pogo.report;

import dev.pogo.ScopeReport;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The time that a picture shows, from the first spawn on, and the round times in it.
 *
 * @param nanos its length, positive
 */
record TimeScale(long nanos) {
    /** A deadline that comes later than this times the elapsed time would squeeze the tasks. */
    private static final int ROOM_FOR_DEADLINE = 2;

    private static final MathContext THREE_DIGITS = new MathContext(3, RoundingMode.HALF_UP);

    private static final List<Unit> UNITS =
            List.of(
                    new Unit("h", 3_600_000_000_000L, 7_200_000_000_000L),
                    new Unit("s", 1_000_000_000, 1_000_000_000),
                    new Unit("ms", 1_000_000, 1_000_000),
                    new Unit("µs", 1_000, 0));

    /** A unit and the shortest time that is told in it. */
    private record Unit(String name, long nanos, long from) {
        static Unit of(long nanos) {
            return UNITS.stream().filter(unit -> nanos >= unit.from).findFirst().orElseThrow();
        }

        String describe(long time) {
            BigDecimal number =
                    BigDecimal.valueOf(time).divide(BigDecimal.valueOf(nanos), THREE_DIGITS);
            return number.signum() == 0
                    ? "0"
                    : number.stripTrailingZeros().toPlainString() + " " + name;
        }
    }

    /** Returns a scale for the report's tasks, and for its deadline if that is near. */
    static TimeScale of(ScopeReport report) {
        long elapsed = Math.max(1, report.elapsed().toNanos());
        long deadline = report.deadline().map(Duration::toNanos).orElse(0L);
        boolean isNear = deadline / ROOM_FOR_DEADLINE < elapsed;
        return new TimeScale(isNear ? Math.max(elapsed, deadline) : elapsed);
    }

    boolean shows(Duration time) {
        return !time.isNegative() && time.toNanos() <= nanos;
    }

    /** Returns where a time is, from 0 to 1. */
    double part(Duration time) {
        return Math.clamp((double) time.toNanos() / nanos, 0, 1);
    }

    /**
     * Returns evenly spaced times from zero on whose distance is 1, 2 or 5 times a power of ten of
     * the unit.
     *
     * @param most how many there may be, at least 4; there are at least half as many
     */
    List<Duration> ticks(int most) {
        long step = Unit.of(nanos).nanos / 1_000;
        for (int i = 0; nanos / step >= most; i++) {
            step = i % 3 == 1 ? step / 2 * 5 : step * 2;
        }
        List<Duration> ticks = new ArrayList<>();
        for (long time = 0; time <= nanos; time += step) {
            ticks.add(Duration.ofNanos(time));
        }
        return ticks;
    }

    /** Returns the text for a tick, in the unit of the whole scale. */
    String label(Duration tick) {
        return Unit.of(nanos).describe(tick.toNanos());
    }

    /** Returns a time with three digits, in the unit that suits it. */
    static String describe(Duration time) {
        // Rounded first: 999.9996 ms is a second.
        long rounded = BigDecimal.valueOf(time.toNanos()).round(THREE_DIGITS).longValue();
        return Unit.of(rounded).describe(rounded);
    }
}
