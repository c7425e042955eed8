package dev.pogo.benchmarks.busy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Who makes the requests.
 *
 * @param virtual whether they are virtual threads
 * @param count how many there are
 */
record Callers(boolean virtual, int count) {
    private static final String VIRTUAL = "virtual";
    private static final String PLATFORM = "platform";

    Callers {
        if (count < 1) {
            throw new IllegalArgumentException("callers: " + count);
        }
    }

    /**
     * Reads what {@link #toString()} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Callers parse(String text) {
        String[] parts = text.toLowerCase(Locale.ROOT).split(":", -1);
        boolean virtual = parts[0].equals(VIRTUAL);
        if (parts.length != 2 || !(virtual || parts[0].equals(PLATFORM))) {
            throw new IllegalArgumentException(
                    "callers: " + text + " is not like virtual:16 or platform:16");
        }
        return new Callers(virtual, Integer.parseInt(parts[1]));
    }

    /** Starts them; they do not keep the JVM alive. */
    List<Thread> start(Runnable loop) {
        Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
        List<Thread> started = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            started.add(builder.start(loop));
        }
        return started;
    }

    @Override
    public String toString() {
        return (virtual ? VIRTUAL : PLATFORM) + ":" + count;
    }
}
