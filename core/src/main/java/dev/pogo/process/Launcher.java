package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the processes. The JDK can give a process standard input, output and error only, so a
 * shell puts those where the protocol wants them and then becomes the worker. Both kinds of process
 * begin a session of their own: neither the terminal's Ctrl-C nor a signal to this process's group
 * reaches them, and all that a worker starts can be killed at once.
 */
final class Launcher {
    /** In the environment of a worker, and so of all that it starts: tells whose it is. */
    static final String MARK = "POGO_WORKER";

    /**
     * Waits for a word, so that a host that is killed before it has told the guard of the worker
     * leaves none behind. Then standard input becomes 3, standard output 4.
     */
    private static final String WORKER =
            "read -r go || exit 0; exec 3<&0 4>&1 0</dev/null 1>&2; exec \"$@\"";

    /** The same, with shared memory as 5. */
    private static final String WORKER_WITH_MEMORY =
            "read -r go || exit 0; exec 3<&0 4>&1 5<>\"$1\" 0</dev/null 1>&2; shift; exec \"$@\"";

    private static final int MAX_DESCRIPTION = 80;

    private final List<String> command;

    /** What is in the mark of all workers of this launcher. */
    private final String owner;

    Launcher(List<String> command, String owner) {
        this.command = command;
        this.owner = owner;
    }

    /** The mark of the worker with that number. */
    String mark(int number) {
        return owner + "." + number;
    }

    /** Its pid is that of the worker to come, of its session and of its group. */
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

    /** Not marked, so that it is not killed as something that a worker of another host has left. */
    Process startGuard(String script) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder("setsid", "sh", "-c", script, "pogo-guard", MARK + "=" + owner);
        builder.environment().remove(MARK);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        return start(builder);
    }

    private static Process start(ProcessBuilder builder) throws IOException {
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
            throw new IOException("process workers need Linux, with /proc");
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException(
                    "process workers need the commands sh and setsid: " + e.getMessage(), e);
        }
    }

    /** For messages, in which a class path has no place. */
    String describeCommand() {
        String text = String.join(" ", command);
        return text.length() <= MAX_DESCRIPTION ? text : text.substring(0, MAX_DESCRIPTION) + "...";
    }
}
