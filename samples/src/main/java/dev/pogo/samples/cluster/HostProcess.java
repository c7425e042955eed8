package dev.pogo.samples.cluster;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A job host in a process of its own, which runs {@link HostCommand}. */
final class HostProcess implements AutoCloseable {
    /** What follows the host's name in the command's first line. */
    static final String SERVES = " serves ";

    /** How a line of the command begins that says that a job has begun. */
    static final String BEGINS = "begins ";

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Consumer<HostProcess> onBegin;
    private final CompletableFuture<Void> serving = new CompletableFuture<>();

    private HostProcess(String name, Process process, Consumer<HostProcess> onBegin) {
        this.name = name;
        this.process = process;
        this.onBegin = onBegin;
    }

    /**
     * Starts it. Its complaints and its log go where those of this process go.
     *
     * @param command a call of {@link HostCommand} with {@code --verbose}
     * @param onBegin called when a job has begun
     */
    static HostProcess start(String name, List<String> command, Consumer<HostProcess> onBegin) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            HostProcess host = new HostProcess(name, process, onBegin);
            Thread.ofPlatform().daemon().name("samples/" + name).start(host::read);
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader out = process.inputReader()) {
            out.lines().forEach(this::said);
        } catch (IOException | UncheckedIOException e) {
            serving.completeExceptionally(e);
        } finally {
            serving.completeExceptionally(new EOFException(name + " has ended"));
        }
    }

    private void said(String line) {
        if (line.startsWith(name) && line.contains(SERVES)) {
            serving.complete(null);
        } else if (line.startsWith(BEGINS)) {
            onBegin.accept(this);
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    /**
     * Waits until it serves.
     *
     * @throws ClusterException if it does not
     */
    void awaitServing() throws InterruptedException, ClusterException {
        try {
            serving.get(START.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new ClusterException(name + " did not come to serve: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new ClusterException(
                    name + " does not serve within " + START.toSeconds() + " s", e);
        }
    }

    /** Kills it without waiting for its end. */
    void kill() {
        process.destroyForcibly();
    }

    /** Tells it to end, without waiting. */
    void end() {
        process.toHandle().destroy();
    }

    /** Ends it, and kills it if that takes too long. */
    @Override
    public void close() {
        end();
        try {
            if (process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        process.onExit().join();
    }
}
