package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the processes. The JDK can give a process only standard input, output and error, so a
 * shell moves those to where the protocol expects them and then becomes the worker. Both kinds of
 * process start a session of their own: neither the terminal's Ctrl-C nor a signal to this
 * process's group reaches them, and everything that a worker starts can be killed at once.
 */
final class Launcher {
    /**
     * Environment variable of a worker, and so of all that it starts, which identifies its owner.
     */
    static final String MARK = "POGO_WORKER";

    /**
     * Waits for a line of input, so that a host that is killed before it has told the watchdog
     * about the worker leaves none behind. Then standard input becomes descriptor 3, standard
     * output 4.
     */
    private static final String WORKER =
            "read -r go || exit 0; exec 3<&0 4>&1 0</dev/null 1>&2; exec \"$@\"";

    /** Like {@link #WORKER}, with shared memory as descriptor 5. */
    private static final String WORKER_WITH_MEMORY =
            "read -r go || exit 0; exec 3<&0 4>&1 5<>\"$1\" 0</dev/null 1>&2; shift; exec \"$@\"";

    private static final int MAX_DESCRIPTION = 80;

    private final List<String> command;

    /** Common part of the marks of all workers of this launcher. */
    private final String owner;

    Launcher(List<String> command, String owner) {
        this.command = command;
        this.owner = owner;
    }

    /** Returns the mark of the worker with that number. */
    String mark(int number) {
        return owner + "." + number;
    }

    /**
     * Starts a worker. The process's pid is also that of the worker, of its session and of its
     * group.
     */
    Process startWorker(int number, @Nullable Path memory) throws IOException {
        List<String> line = new ArrayList<>(List.of("setsid", "sh", "-c"));
        line.add(memory == null ? WORKER : WORKER_WITH_MEMORY);
        line.add("pogo");
        if (memory != null) {
            line.add(memory.toString());
        }
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put(MARK, mark(number));
        return start(builder);
    }

    /**
     * Starts the watchdog. It is not marked, so that it is not killed as something that a worker of
     * another host has left behind.
     */
    Process startWatchdog(String script) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        "setsid", "sh", "-c", script, "pogo-watchdog", MARK + "=" + owner);
        builder.environment().remove(MARK);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        return start(builder);
    }

    private static Process start(ProcessBuilder builder) throws IOException {
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
            throw new IOException("process workers require Linux with /proc");
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException(
                    "process workers need the commands sh and setsid: " + e.getMessage(), e);
        }
    }

    /** Returns the command for messages, cut short since a class path is too long for them. */
    String describeCommand() {
        String text = String.join(" ", command);
        return text.length() <= MAX_DESCRIPTION ? text : text.substring(0, MAX_DESCRIPTION) + "...";
    }
}
