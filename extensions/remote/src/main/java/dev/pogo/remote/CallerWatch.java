package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.RedisException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Beats for a host, and cancels the jobs of callers that have stopped to beat. Owned by the command
 * thread.
 */
final class CallerWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CallerWatch.class);

    private final String host;
    private final Keys keys;
    private final Heartbeat heartbeat;
    private final Collection<HostJob> running;
    private final Presence callers;
    private final Contact contact = new Contact();

    CallerWatch(String host, Keys keys, Heartbeat heartbeat, Collection<HostJob> running) {
        this.host = host;
        this.keys = keys;
        this.heartbeat = heartbeat;
        this.running = running;
        this.callers = new Presence(heartbeat, System.nanoTime());
    }

    void tick(CommandThread commands) {
        if (contact.silence() > heartbeat.awayNanos()) {
            running.forEach(HostJob::cancel); // their callers have given up as well
        }
        Map<String, List<HostJob>> byCaller = new TreeMap<>();
        for (HostJob job : running) {
            byCaller.computeIfAbsent(job.caller(), any -> new ArrayList<>()).add(job);
        }
        byte[][] args = new byte[3 + byCaller.size()][];
        args[0] = keys.prefix();
        args[1] = bytes(host);
        args[2] = bytes(heartbeat.keepMillis());
        int next = 3;
        for (String caller : byCaller.keySet()) {
            args[next++] = bytes(caller);
        }
        commands.send(
                Command.run(
                        Scripts.BEAT,
                        new Command.Reply() {
                            @Override
                            public void done(@Nullable Object value) {
                                looked(byCaller, (List<?>) value);
                            }

                            @Override
                            public void failed(RedisException e) {
                                // The next tick tries again.
                            }
                        },
                        keys.queue(),
                        args));
    }

    private void looked(Map<String, List<HostJob>> byCaller, @Nullable List<?> beats) {
        contact.made();
        callers.begin(System.nanoTime());
        Iterator<?> beat = beats == null ? List.of().iterator() : beats.iterator();
        byCaller.forEach((caller, theirs) -> {
            long silence = callers.silence(caller, text(beat.next()));
            if (callers.isLost(silence) && cancel(theirs)) {
                LOG.warn(
                        "Caller {} was last seen {} ms ago and counts as lost: its {} jobs"
                                + " on host {} are cancelled",
                        caller,
                        TimeUnit.NANOSECONDS.toMillis(silence),
                        theirs.size(),
                        host);
            }
        });
        callers.end();
    }

    /** Returns whether any of the jobs was not cancelled before. */
    private static boolean cancel(List<HostJob> jobs) {
        boolean any = false;
        for (HostJob job : jobs) {
            any |= job.cancel();
        }
        return any;
    }

    private static @Nullable String text(@Nullable Object beat) {
        return beat instanceof byte[] time ? new String(time, StandardCharsets.US_ASCII) : null;
    }
}
