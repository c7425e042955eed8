package dev.pogo.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A child process, from its start to its end. */
final class ChildProcess {
    /**
     * Starts all of them, and lives as long as the JVM. Linux kills a process of {@code setpriv
     * --pdeathsig} when the thread that started it ends: with the JVM, however that ends, but not
     * with some thread of a test.
     */
    private static final ExecutorService PARENT =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("child-process-parent").factory());

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /** Starts it in this folder. What it prints is appended to the log. */
    static ChildProcess start(List<String> command, Path folder, Path log) {
        List<String> whole = new ArrayList<>();
        if (Programs.has("setpriv")) {
            whole.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
        }
        whole.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(whole)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return CompletableFuture.supplyAsync(() -> start(builder), PARENT).join();
    }

    private static ChildProcess start(ProcessBuilder builder) {
        try {
            return new ChildProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it, and returns when it has ended. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Kills it without waiting for the end. */
    void killLater() {
        process.destroyForcibly();
    }

    /** Returns when it has stopped, where the system tells. */
    void stop() {
        signal("STOP");
        if (!Waits.reached(Waits.BOUND, this::hasStopped)) {
            throw new IllegalStateException("process " + pid() + " does not stop");
        }
    }

    void goOn() {
        signal("CONT");
    }

    /** Tells it to end, with {@code SIGTERM}. */
    void end() {
        process.destroy();
    }

    /** Waits for its end, and returns its exit status. */
    int status(Duration bound) {
        if (!Waits.reached(bound, () -> !process.isAlive())) {
            throw new IllegalStateException("process " + pid() + " does not end");
        }
        return process.exitValue();
    }

    /** The state follows the name, which stands in parentheses. */
    private boolean hasStopped() {
        Path file = Path.of("/proc", Long.toString(pid()), "stat");
        if (!Files.exists(file)) {
            return true;
        }
        try {
            String stat = Files.readString(file);
            return stat.startsWith(") T", stat.lastIndexOf(')'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name) {
        String command = "kill -" + name + " " + pid();
        try {
            Process kill = new ProcessBuilder("sh", "-c", command).inheritIO().start();
            int status = kill.onExit().join().exitValue();
            if (status != 0) {
                throw new IllegalStateException(command + " ended with status " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
