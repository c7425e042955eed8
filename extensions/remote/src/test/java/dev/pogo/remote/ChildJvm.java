package dev.pogo.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of this class path in a JVM of its own, that can be killed and stopped. */
final class ChildJvm implements AutoCloseable {
    private final Process process;

    private ChildJvm(Process process) {
        this.process = process;
    }

    /** Starts a program; {@code prefix} is put before the command. */
    static ChildJvm start(
            List<String> prefix, List<String> options, Class<?> main, String... args) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(Arrays.asList(args));
        try {
            Path log = Path.of("target", "child-jvm.log");
            Files.createDirectories(log.getParent());
            return new ChildJvm(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a host of its own process, whose pool serves the queue of a fleet. */
    static ChildJvm host(String url, String name, int threads) {
        return host(List.of(), url, name, threads);
    }

    static ChildJvm host(List<String> prefix, String url, String name, int threads) {
        return host(prefix, List.of(), url, name, threads, Fleet.BEAT);
    }

    static ChildJvm host(
            List<String> prefix,
            List<String> options,
            String url,
            String name,
            int threads,
            Duration heartbeat) {
        try {
            Path config = Files.createTempFile("pogo", ".json");
            config.toFile().deleteOnExit();
            Files.writeString(
                    config,
                    """
                    { "host": { "redis": "%s", "name": "%s", "heartbeat": "%dms" },
                      "jobs": ["dev.pogo.remote.*"], "num_threads": 2,
                      "pools": { "work": { "num_threads": %d, "serves": "%s" } } }
                    """
                            .formatted(url, name, heartbeat.toMillis(), threads, Fleet.QUEUE));
            List<String> all = new ArrayList<>(options);
            all.add("-Dpogo.config=" + config);
            all.add("-Dtest.redis=" + url);
            return start(prefix, all, JobHost.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it with SIGKILL. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** Tells it to end, with SIGTERM, and returns its exit status. */
    int end() {
        process.destroy();
        await();
        return process.exitValue();
    }

    /** Waits for its end, and returns its exit status. */
    int status() {
        await();
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    private void await() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError(process + " does not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Stops it, with SIGSTOP. */
    void pause() {
        signal("STOP");
    }

    /** Continues it, with SIGCONT. */
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
