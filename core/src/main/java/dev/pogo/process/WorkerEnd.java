package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How a worker process has ended.
 *
 * @param what what has happened, as a sentence that begins with the process
 * @param cause why it has to be replaced; null if it ended because it was no longer needed
 * @param pid its process id, 0 if there was no process
 * @param exitStatus as the JDK gives it, 128 and the signal's number if it was killed; null if
 *     there was no process
 * @param lastLines what it wrote last, oldest first
 * @param failure what this process's own code threw, or null
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

    /** With the last lines, so that the first thing that its reader asks for is there. */
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

    /** An exit status as a person would say it. */
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
