package dev.pogo.queue;

import static dev.pogo.queue.RedisReplies.number;
import static dev.pogo.redis.Command.bytes;

import dev.pogo.redis.Command;
import dev.pogo.redis.CommandThread;
import dev.pogo.redis.RedisException;
import dev.pogo.redis.Script;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/**
 * Periodic work on a queue in Redis: makes delayed messages pending, takes back lost reservations
 * and removes consumers that have ended. Each process that consumes does it.
 */
final class RedisUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(RedisUpkeep.class);

    /** Every how many ticks lost reservations are looked for. */
    private static final int RECLAIM_TICKS = 5;

    /** Every how many ticks consumers are looked for that have ended long ago. */
    private static final int TIDY_TICKS = 600;

    /** How many messages one script moves, so that it does not hold up the server. */
    private static final int STEP = 100;

    private final String queue;
    private final List<byte[]> keys;
    private final byte[] group;
    private final long lastsMillis;
    private final byte[] maxAttempts;
    private final Mover due = new Mover(Scripts.DUE);
    private final Mover lost = new Mover(Scripts.RECLAIM);

    /** Written by the thread of the connection, and cleared by a thread that reserves. */
    private volatile boolean failed;

    /**
     * Owned by the thread of the connection. While the queue is followed to another node, a second
     * one may write it as well, which only shifts some ticks.
     */
    private int ticks;

    RedisUpkeep(String queue, List<byte[]> keys, byte[] group, QueueConfig config) {
        this.queue = queue;
        this.keys = keys;
        this.group = group;
        lastsMillis = Visibility.reclaimed(config).toMillis();
        maxAttempts = bytes(config.maxAttempts());
    }

    /** Returns whether something could not be done since the last call. */
    boolean hasFailed() {
        boolean since = failed;
        if (since) {
            failed = false;
        }
        return since;
    }

    /** Called by the thread of the connection, now and then. */
    void tick(CommandThread thread) {
        due.run(thread, bytes(STEP));
        if (ticks % RECLAIM_TICKS == 0) {
            lost.run(thread, group, bytes(lastsMillis), maxAttempts, bytes(STEP));
        }
        if (ticks % TIDY_TICKS == 0) {
            thread.send(Command.run(Scripts.TIDY, Command.Reply.NONE, keys, group));
        }
        ticks++;
    }

    private void reportLost(long taken, long buried) {
        LOG.warn(
                "Queue {}: {} messages were reserved for more than {} ms, by consumers that are"
                        + " lost or take too long; {} of them are dead letters now, the others are"
                        + " delivered again",
                queue,
                taken,
                lastsMillis,
                buried);
    }

    /**
     * Moves some messages at each tick, and more of them as long as there are more. Owned by the
     * thread of the connection.
     */
    private final class Mover {
        private final Script script;

        /**
         * Whether a script is under way, so that a tick that comes meanwhile does nothing. Volatile
         * because another thread ticks when the queue has been followed to another node.
         */
        private volatile boolean moving;

        Mover(Script script) {
            this.script = script;
        }

        void run(CommandThread thread, byte[]... args) {
            if (moving) {
                return;
            }
            moving = true;
            Command.Reply reply =
                    new Command.Reply() {
                        @Override
                        public void done(@Nullable Object value) {
                            moving = false;
                            if (moved(value) == STEP) {
                                run(thread, args);
                            }
                        }

                        @Override
                        public void failed(RedisException e) {
                            moving = false;
                            failed = true;
                            LOG.debug("Queue {} tries again with the next tick", queue, e);
                        }
                    };
            thread.send(Command.run(script, reply, keys, args));
        }

        private long moved(@Nullable Object value) {
            if (!(value instanceof List<?> counts)) {
                return number(value);
            }
            long taken = number(counts.get(0));
            if (taken > 0) {
                reportLost(taken, number(counts.get(1)));
            }
            return taken;
        }
    }
}
