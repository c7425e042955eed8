package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The end of a worker process.
 *
 * @param what what happened, as a sentence that begins with the process
 * @param cause why the worker has to be replaced; null if it ended because it was no longer needed
 * @param pid its process id, 0 if there was no process
 * @param exitStatus the exit status as the JDK reports it, 128 plus the signal number if it was
 *     killed; null if there was no process
 * @param lastLines the last lines that it wrote, oldest first
 * @param failure the exception thrown by this process's own code, or null
 */
record WorkerEnd(
        String what,
        @Nullable RestartCause cause,
        long pid,
        @Nullable Integer exitStatus,
        List<String> lastLines,
        @Nullable Throwable failure) {
    private static final int SIGNALLED = 128;
    private static final int SHOWN_LINES = 5;
    private static final int SHOWN_CHARS = 120;

    /** Returns what happened and the last lines, which are what a reader asks for first. */
    String describe() {
        if (lastLines.isEmpty()) {
            return pid == 0 ? what : what + "; it wrote nothing to stderr or stdout";
        }
        StringBuilder text = new StringBuilder(what).append("; its last lines:");
        for (String line :
                lastLines.subList(Math.max(0, lastLines.size() - SHOWN_LINES), lastLines.size())) {
            boolean fits = line.length() <= SHOWN_CHARS;
            text.append(" \"")
                    .append(fits ? line : line.substring(0, SHOWN_CHARS) + "...")
                    .append('"');
        }
        return text.toString();
    }

    /** Returns a description of an exit status for people to read. */
    static String describeStatus(int status) {
        if (status <= SIGNALLED || status > SIGNALLED + 64) {
            return "with exit status " + status;
        }
        String name =
                switch (status - SIGNALLED) {
                    case 1 -> " (SIGHUP)";
                    case 2 -> " (SIGINT)";
                    case 4 -> " (SIGILL)";
                    case 6 -> " (SIGABRT)";
                    case 7 -> " (SIGBUS)";
                    case 8 -> " (SIGFPE)";
                    case 9 -> " (SIGKILL)";
                    case 11 -> " (SIGSEGV)";
                    case 13 -> " (SIGPIPE)";
                    case 15 -> " (SIGTERM)";
                    default -> "";
                };
        return "by signal " + (status - SIGNALLED) + name;
    }
}
