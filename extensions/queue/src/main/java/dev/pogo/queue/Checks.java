package dev.pogo.queue;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.UnknownPoolException;
import dev.pogo.redis.Durations;
import dev.pogo.redis.ProcessName;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/** Ranges of the configured values. */
final class Checks {
    static final String NO_NAME =
            "is not a name of 1 to 100 characters without {, } and control characters";
    private static final int LONGEST_NAME = 100;

    private Checks() {}

    static boolean isName(String name) {
        return !name.isBlank()
                && name.length() <= LONGEST_NAME
                && name.indexOf('{') < 0
                && name.indexOf('}') < 0
                && name.chars().noneMatch(Character::isISOControl);
    }

    static void ensureName(String source, String path, String name) {
        if (!isName(Objects.requireNonNull(name, path))) {
            throw invalid(source, path, '"' + name + '"', NO_NAME);
        }
    }

    static void ensurePositive(String source, String path, int number) {
        if (number < 1) {
            throw invalid(source, path, Integer.toString(number), "must be at least 1");
        }
    }

    static void ensurePositive(String source, String path, Duration duration) {
        if (!Objects.requireNonNull(duration, path).isPositive()
                || duration.compareTo(PushOptions.LONGEST) > 0) {
            throw invalid(
                    source,
                    path,
                    Durations.describe(duration),
                    "must be more than zero, up to 10 years");
        }
    }

    /** Ensures that the worker is allowed and its pool is there, if there is one. */
    static void ensureWorker(PogoRuntime runtime, PogoConfig config, QueueConfig queue) {
        String worker = queue.worker();
        if (worker == null) {
            return;
        }
        if (!config.allowsJob(worker)) {
            throw invalid(
                    config.source(),
                    "queue.worker",
                    '"' + worker + '"',
                    "is not among the jobs that the configuration allows, " + config.jobs());
        }
        try {
            Objects.requireNonNull(runtime.pool(queue.pool()));
        } catch (UnknownPoolException e) {
            throw new InvalidConfigException(
                    config.source(),
                    "queue.pool",
                    '"' + queue.pool() + '"',
                    String.valueOf(e.getMessage()),
                    e);
        }
    }

    static InvalidConfigException invalid(
            String source, String path, @Nullable String value, String problem) {
        return new InvalidConfigException(source, path, value, problem, null);
    }

    /** Returns the name of the machine with the process id. */
    static String processName() {
        return ProcessName.machine() + '-' + ProcessHandle.current().pid();
    }
}
