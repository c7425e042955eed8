package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.pogo.testing.ChildJvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A host in a process of its own, in one of several languages. */
interface HostProcess extends AutoCloseable {
    /** Kills it with SIGKILL. */
    void kill();

    /** Tells it to end, with SIGTERM, and waits for that. */
    void end();

    /** Stops it, with SIGSTOP. */
    void pause();

    /** Continues it, with SIGCONT. */
    void resume();

    @Override
    default void close() {
        kill();
    }

    /** A {@link JobHost}. */
    record Java(ChildJvm jvm) implements HostProcess {
        static HostProcess start(String url, int slots) {
            return new Java(HostJvm.start(url, "java", slots));
        }

        @Override
        public void kill() {
            jvm.kill();
        }

        @Override
        public void end() {
            jvm.end();
        }

        @Override
        public void pause() {
            jvm.pause();
        }

        @Override
        public void resume() {
            jvm.resume();
        }
    }

    /** The sample in Python. */
    record Python(Process process) implements HostProcess {
        private static final Path SAMPLE = Path.of("../../samples/workers/host.py");

        static HostProcess start(String url, int slots) {
            return new Python(
                    run(
                            interpreter(),
                            SAMPLE.toString(),
                            url,
                            Fleet.QUEUE,
                            Integer.toString(slots),
                            Double.toString(Fleet.BEAT.toMillis() / 1_000.0)));
        }

        /** By its own path: what stands in the PATH may be another one, without the library. */
        private static String interpreter() {
            for (String python : List.of("/usr/bin/python3", "python3")) {
                try {
                    if (awaitEnd(run(python, "-c", "import redis")) == 0) {
                        return python;
                    }
                } catch (UncheckedIOException e) {
                    // It is not there.
                }
            }
            String message = "no python3 has redis (Debian's package python3-redis)";
            if ("required".equals(System.getenv("POGO_REDIS"))) {
                return fail(message + ", and POGO_REDIS=required");
            }
            System.err.println("*** " + message + ": its tests are SKIPPED ***");
            return abort(message);
        }

        private static Process run(String... command) {
            try {
                Path log = Path.of("target", "host-py.log");
                Files.createDirectories(log.getParent());
                return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static int awaitEnd(Process process) {
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    throw new AssertionError(process + " does not end");
                }
                return process.exitValue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void kill() {
            process.destroyForcibly();
            awaitEnd(process);
        }

        @Override
        public void end() {
            process.destroy();
            int status = awaitEnd(process);
            if (status != 0) {
                throw new AssertionError("it ended with status " + status);
            }
        }

        @Override
        public void pause() {
            awaitEnd(run("kill", "-STOP", Long.toString(process.pid())));
        }

        @Override
        public void resume() {
            awaitEnd(run("kill", "-CONT", Long.toString(process.pid())));
        }
    }
}
