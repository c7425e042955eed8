package dev.pogo.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A program of this class path in a JVM of its own, that can be killed, stopped and told to end.
 * What it prints is appended to {@code target/child-jvm.log}. Where {@code setpriv} is installed,
 * it ends with the JVM that has started it at the latest.
 *
 * <p>All methods may be called by any thread.
 */
public final class ChildJvm implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(30);

    private final ChildProcess process;

    private ChildJvm(ChildProcess process) {
        this.process = process;
    }

    /**
     * Starts a program, and returns while it is being started.
     *
     * @param prefix what is put before the command, for example {@code "env", "NAME=value"}
     * @param options options of the JVM
     * @param main the class with the program's main method
     * @param args the program's arguments
     * @return the program
     * @throws java.io.UncheckedIOException if it cannot be started
     */
    public static ChildJvm start(
            List<String> prefix, List<String> options, Class<?> main, String... args) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(Arrays.asList(args));
        Path log = Path.of("target", "child-jvm.log").toAbsolutePath();
        try {
            Files.createDirectories(log.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ChildJvm(ChildProcess.start(command, Path.of("").toAbsolutePath(), log));
    }

    /**
     * Kills it with {@code SIGKILL}, also if it is paused, and returns when it has ended. Does
     * nothing if it has ended already.
     */
    public void kill() {
        process.kill();
    }

    /**
     * Tells it to end, with {@code SIGTERM}, and waits for that.
     *
     * @return its exit status; 143 if the signal has ended it
     * @throws IllegalStateException if it does not end within 30 seconds
     */
    public int end() {
        process.end();
        return status();
    }

    /**
     * Waits for its end.
     *
     * @return its exit status; 137 if it was killed
     * @throws IllegalStateException if it does not end within 30 seconds
     */
    public int status() {
        return process.status(END);
    }

    /**
     * Returns whether it has not ended.
     *
     * @return true also while it is paused
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Stops it with {@code SIGSTOP}: its connections stay, and it does nothing. Returns when it has
     * stopped.
     *
     * @throws IllegalStateException if it has ended
     */
    public void pause() {
        process.stop();
    }

    /**
     * Ends a {@link #pause()} with {@code SIGCONT}.
     *
     * @throws IllegalStateException if it has ended
     */
    public void resume() {
        process.goOn();
    }

    /** Kills it. Idempotent. */
    @Override
    public void close() {
        kill();
    }
}
