package dev.pogo.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A real {@code redis-server} on a free port of the loopback interface, with its files in a
 * temporary folder. It ends with the JVM at the latest; where {@code setpriv} is installed, also
 * with one that is killed.
 *
 * <p>All methods may be called by any thread; those that change what the process does wait for each
 * other. After {@link #close()} they throw an {@link IllegalStateException}.
 */
public final class RedisServer implements AutoCloseable {
    private static final String PROGRAM = "redis-server";
    private static final int PORTS_TO_TRY = 20;
    private static final int END_OF_LOG = 4_000;

    /** Those that are not closed. */
    private static final Set<RedisServer> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(RedisServer::closeAll, "redis-server-end"));
    }

    private final Path folder;
    private final Path log;
    private final Path readyFile;
    private final List<String> options;
    private final int port;

    /** Held while the process is changed, by one thread at a time. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock, as the other two are. */
    private volatile ChildProcess process;

    private boolean paused;
    private volatile boolean closed;

    private RedisServer(Path folder, int port, List<String> options) {
        this.folder = folder;
        this.log = folder.resolve("redis.log");
        this.readyFile = folder.resolve("redis.sock");
        this.options = options;
        this.port = port;
        this.process = launch();
    }

    /** Returns whether a program named {@code redis-server} is on the {@code PATH}. */
    public static boolean isInstalled() {
        return Programs.has(PROGRAM);
    }

    /**
     * Starts a server, and returns when it answers. Unless the options say otherwise it keeps
     * nothing on disk.
     *
     * @param options more of the program's options, for example {@code "--appendonly", "yes"};
     *     those for address, port, folder and log are taken
     * @throws IllegalStateException if it does not answer within 10 seconds, for example because it
     *     refuses an option. The message contains the end of its log.
     * @throws java.io.UncheckedIOException if the program is not installed, or there is no
     *     temporary folder to be had
     */
    public static RedisServer start(String... options) {
        List<String> copy = List.of(options);
        for (int attempt = 1; ; attempt++) {
            RedisServer server = launch(Ports.choose(), copy);
            try {
                server.awaitAnswer();
                return server;
            } catch (IllegalStateException e) {
                boolean taken = server.portIsTaken();
                server.close();
                if (!taken || attempt == PORTS_TO_TRY) {
                    throw e;
                }
            }
        }
    }

    private static RedisServer launch(int port, List<String> options) {
        Path folder = Folder.create("pogo-redis");
        try {
            RedisServer server = new RedisServer(folder, port, options);
            OPEN.add(server);
            return server;
        } catch (RuntimeException e) {
            Folder.delete(folder);
            throw e;
        }
    }

    /** Returns the TCP port, which stays the same when the server is restarted. */
    public int port() {
        return port;
    }

    /** Returns {@code redis://127.0.0.1:PORT}. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /**
     * Kills the process with {@code SIGKILL}, and returns when it has ended. Does nothing if it has
     * ended already. {@link #restart()} starts the next one.
     */
    public void kill() {
        lock.lock();
        try {
            checkOpen();
            process.kill();
            paused = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Kills the process if it runs, starts another one with the same port, folder and options, and
     * returns when that answers. What Redis has not written to the folder is lost.
     *
     * @throws IllegalStateException if it does not answer within 10 seconds
     */
    public void restart() {
        lock.lock();
        try {
            kill();
            process = launch();
            awaitAnswer();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops the process with {@code SIGSTOP}: its connections stay, and nobody answers. Does
     * nothing if it is paused already.
     *
     * @throws IllegalStateException if it was killed
     */
    public void pause() {
        lock.lock();
        try {
            checkOpen();
            process.stop();
            paused = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a {@link #pause()} with {@code SIGCONT}, and returns when the server answers. Does
     * nothing if it is not paused.
     *
     * @throws IllegalStateException if it does not answer within 10 seconds
     */
    public void resume() {
        lock.lock();
        try {
            checkOpen();
            if (paused) {
                process.goOn();
                paused = false;
                awaitAnswer();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Kills the process, also if it is paused, and deletes its folder. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                process.kill();
                OPEN.remove(this);
                Folder.delete(folder);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes it run, whatever was done to it. */
    void run() {
        lock.lock();
        try {
            checkOpen();
            if (process.isAlive()) {
                resume();
            } else {
                restart();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The processes of this class that are meant to run. */
    static Set<Long> pids() {
        Set<Long> pids = ConcurrentHashMap.newKeySet();
        OPEN.forEach(server -> pids.add(server.pid()));
        return pids;
    }

    long pid() {
        return process.pid();
    }

    Path folder() {
        return folder;
    }

    @Override
    public String toString() {
        return "RedisServer[port=" + port + ", pid=" + pid() + "]";
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    /**
     * The socket in the folder only tells that this process is the one that listens: it opens that
     * socket after its TCP port.
     */
    private ChildProcess launch() {
        try {
            Files.deleteIfExists(readyFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>();
        command.add(PROGRAM);
        command.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(port)));
        command.addAll(List.of("--dir", folder.toString(), "--unixsocket", readyFile.toString()));
        command.addAll(List.of("--save", "", "--loglevel", "warning"));
        command.addAll(options);
        return ChildProcess.start(command, folder, log);
    }

    private void awaitAnswer() {
        ChildProcess started = process;
        Waits.reached(Waits.BOUND, () -> answers() || !started.isAlive());
        if (!started.isAlive() || !answers()) {
            throw new IllegalStateException(
                    this
                            + (started.isAlive() ? " does not answer:\n" : " has ended:\n")
                            + endOfLog());
        }
    }

    /** One that wants a password is ready as well; one that still loads its file is not. */
    private boolean answers() {
        if (!Files.exists(readyFile)) {
            return false;
        }
        try {
            String answer = PlainClient.ask(port, "PING");
            return answer.equals("+PONG") || answer.startsWith("-NOAUTH");
        } catch (IOException e) {
            return false;
        }
    }

    private boolean portIsTaken() {
        return endOfLog().contains("Address already in use");
    }

    private String endOfLog() {
        try {
            String all = Files.readString(log, StandardCharsets.UTF_8);
            return all.substring(Math.max(0, all.length() - END_OF_LOG));
        } catch (IOException e) {
            return Objects.toString(e);
        }
    }

    /** Without waiting for a thread that is in the middle of a restart: its server dies. */
    private static void closeAll() {
        OPEN.forEach(server -> server.process.killLater());
        OPEN.forEach(RedisServer::close);
    }
}
