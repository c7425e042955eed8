package dev.pogo.remote;

import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.RedisException;
import dev.pogo.remote.RemoteJobException.Reason;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Watches the calls of a pool that are older than a tick: finds out whether their requests still
 * wait, which hosts have them, and which will never be answered. It also is the caller's heartbeat.
 * Owned by the command thread.
 */
final class CallWatch {
    /** Looks without a trace of a request before it counts as lost: its answer may be under way. */
    private static final int MISSES = 3;

    /** The same while there are answers to be read, though hardly for as long as this. */
    private static final int MOST_MISSES = 20;

    private final String caller;
    private final Keys keys;
    private final Heartbeat heartbeat;
    private final Collection<Call> calls;
    private final RemoteCounters counters;
    private final Presence hosts;
    private final Contact contact = new Contact();

    /** Puts the ids of requests into the queue. */
    private final Command.Joint push = this::push;

    CallWatch(
            String caller,
            Keys keys,
            Heartbeat heartbeat,
            Collection<Call> calls,
            RemoteCounters counters) {
        this.caller = caller;
        this.keys = keys;
        this.heartbeat = heartbeat;
        this.calls = calls;
        this.counters = counters;
        this.hosts = new Presence(heartbeat, System.nanoTime());
    }

    void tick(CommandThread commands) {
        long silence = contact.silence();
        long now = System.nanoTime();
        if (silence > heartbeat.awayNanos()) {
            for (Call call : calls) {
                if (call.isSent() && now - call.since() > heartbeat.awayNanos()) {
                    call.abandon(redisLost(silence));
                }
            }
        }
        calls.removeIf(Call::isSettled);
        List<Call> old = new ArrayList<>();
        for (Call call : calls) {
            if (call.isSent() && now - call.since() > heartbeat.tickNanos()) {
                old.add(call);
            }
        }
        byte[][] args = new byte[4 + old.size()][];
        args[0] = keys.prefix();
        args[1] = bytes(caller);
        args[2] = bytes(heartbeat.keepMillis());
        args[3] = bytes(heartbeat.presentMillis());
        for (int i = 0; i < old.size(); i++) {
            args[4 + i] = bytes(old.get(i).number());
        }
        commands.send(
                Command.run(
                        Scripts.WATCH,
                        new Command.Reply() {
                            @Override
                            public void done(@Nullable Object value) {
                                looked(commands, old, (List<?>) value);
                            }

                            @Override
                            public void failed(RedisException e) {
                                // The next tick tries again.
                            }
                        },
                        keys.queue(),
                        args));
    }

    private void looked(CommandThread commands, List<Call> old, @Nullable List<?> found) {
        if (found == null || found.size() != 3 + old.size()) {
            throw new IllegalStateException("the script watch.lua returned " + found);
        }
        contact.made();
        long queued = number(found.get(0));
        counters.queued.set(queued);
        counters.hosts.set(number(found.get(1)));
        boolean answersToRead = number(found.get(2)) > 0;
        long now = System.nanoTime();
        hosts.begin(now);
        for (int i = 0; i < old.size(); i++) {
            Call call = old.get(i);
            if (found.get(3 + i) instanceof List<?> claim) {
                claimed(commands, call, text(claim.get(0)), text(claim.get(1)));
            } else if (number(found.get(3 + i)) == 1) {
                waits(commands, call, queued == 0, now);
            } else {
                missed(call, answersToRead);
            }
        }
        hosts.end();
    }

    private static void missed(Call call, boolean answersToRead) {
        int misses = call.missed();
        if (misses >= MOST_MISSES || (misses >= MISSES && !answersToRead)) {
            call.fail(forgotten(call));
        }
    }

    /**
     * Looks after a request that no host has claimed. If the queue is empty, its id was lost; if
     * not, it is most likely still there.
     */
    private void waits(CommandThread commands, Call call, boolean queueIsEmpty, long now) {
        call.found();
        boolean mayBeLost = queueIsEmpty || now - call.since() > heartbeat.awayNanos();
        if (call.isToBeWithdrawn()) {
            commands.send(withdrawal(call));
        } else if (mayBeLost && call.isRingDue(now, heartbeat.lostNanos())) {
            commands.send(push(call));
        }
    }

    private void claimed(CommandThread commands, Call call, String host, String beat) {
        call.found();
        long silence = hosts.silence(host, beat);
        if (hosts.isLost(silence)) {
            // First, so that what a host says that was only slow comes too late.
            cancel(commands, call);
            commands.send(
                    Command.of(
                            Protocol.Command.HDEL,
                            Command.Reply.NONE,
                            keys.claims(caller),
                            bytes(call.number())));
            call.fail(hostLost(host, silence));
        } else if (call.isToBeCancelled()) {
            commands.send(withdrawal(call));
        }
    }

    /** Returns the command that puts the id of a request into the queue, after the request. */
    Command push(Call call) {
        return Command.part(push, bytes(call.id()));
    }

    private Command push(List<byte[][]> ids) {
        byte[][] args = new byte[1 + ids.size()][];
        args[0] = bytes(heartbeat.keepMillis());
        for (int i = 0; i < ids.size(); i++) {
            args[1 + i] = ids.get(i)[0];
        }
        return Command.run(Scripts.PUSH, Command.Reply.NONE, keys.queue(), args);
    }

    /** Returns how long the server has not done what the heartbeat needs, in nanoseconds. */
    long silence() {
        return contact.silence();
    }

    /** Takes a request back if no host has claimed it. */
    void withdraw(CommandThread commands, Call call) {
        call.withdraw();
        commands.send(withdrawal(call));
    }

    /** Takes a request back, or has the host that has claimed it cancel the job. */
    void cancel(CommandThread commands, Call call) {
        call.cancel();
        commands.send(withdrawal(call));
    }

    private Command withdrawal(Call call) {
        return Command.run(
                Scripts.WITHDRAW,
                call.withdrawal(),
                keys.queue(),
                keys.prefix(),
                bytes(caller),
                bytes(call.number()),
                bytes(call.isToBeCancelled() ? 1 : 0),
                bytes(heartbeat.keepMillis()));
    }

    private static long number(@Nullable Object value) {
        return value instanceof Long number ? number : 0;
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] text ? new String(text, StandardCharsets.UTF_8) : "";
    }

    private static RemoteJobException hostLost(String host, long silence) {
        return new RemoteJobException(
                Reason.HOST_LOST,
                host,
                "host %s, which had claimed the job, was last seen %d ms ago and counts as lost; the job may have been done"
                        .formatted(host, TimeUnit.NANOSECONDS.toMillis(silence)),
                null);
    }

    private static RemoteJobException forgotten(Call call) {
        return new RemoteJobException(
                Reason.FORGOTTEN,
                null,
                "Redis knows nothing of request %s any more; the job may have been done"
                        .formatted(call.id()),
                null);
    }

    private static RemoteJobException redisLost(long silence) {
        return new RemoteJobException(
                Reason.REDIS_LOST,
                null,
                "Redis has been silent or has refused to write for %d ms; the job may have been done"
                        .formatted(TimeUnit.NANOSECONDS.toMillis(silence)),
                null);
    }
}
