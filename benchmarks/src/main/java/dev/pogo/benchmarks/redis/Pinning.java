package dev.pogo.benchmarks.redis;

import dev.pogo.testing.RedisServer;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How often a virtual thread has blocked its carrier, as the flight recorder sees it. */
final class Pinning {
    private static final String EVENT = "jdk.VirtualThreadPinned";

    private Pinning() {}

    /** A table row for one contender and load. */
    static String row(Contender contender, Load load, int callers, Duration length)
            throws InterruptedException, IOException {
        Path file = Files.createTempFile("pinned", ".jfr");
        try (Recording recording = new Recording();
                RedisServer server = RedisServer.start();
                ServerCpu cpu = new ServerCpu(server.port());
                Client client = contender.open(server.port(), callers)) {
            recording.enable(EVENT).withThreshold(Duration.ZERO).withStackTrace();
            recording.start();
            Figures figures = Slice.measure(client, load, callers, cpu, length);
            recording.stop();
            recording.dump(file);
            return row(contender, load, callers, figures, RecordingFile.readAllEvents(file));
        } finally {
            Files.delete(file);
        }
    }

    private static String row(
            Contender contender,
            Load load,
            int callers,
            Figures figures,
            List<RecordedEvent> events) {
        Map<String, Integer> places = new TreeMap<>();
        events.forEach(event -> places.merge(place(event.getStackTrace()), 1, Integer::sum));
        double millis = events.stream().mapToLong(event -> event.getDuration().toNanos()).sum();
        return String.format(
                Locale.ROOT,
                "| %s, %d | `%s` | %,.0f | %,d | %,.0f ms | %s |",
                load,
                callers,
                contender,
                figures.perSecond(),
                events.size(),
                millis / 1e6,
                places);
    }

    /** The first method that is not the JDK's. */
    private static String place(@Nullable RecordedStackTrace stack) {
        if (stack == null) {
            return "?";
        }
        for (RecordedFrame frame : stack.getFrames()) {
            String type = frame.getMethod().getType().getName();
            if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
                return type.substring(type.lastIndexOf('.') + 1)
                        + "."
                        + frame.getMethod().getName();
            }
        }
        return "?";
    }
}
