package dev.pogo.remote;

import dev.pogo.Job;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

import java.net.URI;
import java.util.Objects;

/** Jobs that hosts in all languages have, as {@code samples/workers/host.py} has them. */
public final class HostJobs {
    private HostJobs() {}

    /** Returns its args. */
    public static final class Echo implements Job<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object handle(@Nullable Object args) {
            return args;
        }
    }

    /** Divides by zero. */
    public static final class Fail implements Job<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object handle(@Nullable Object args) {
            return 1 / (Objects.hashCode(args) & 0);
        }
    }

    /**
     * Puts into Redis, under {@code begun:} and its number, how many jobs run; works for a number
     * of milliseconds; and does the same under {@code ended:}.
     */
    public static final class Work implements Job<Work.Args, @Nullable Object> {
        /** Its number, and how long it works. */
        public record Args(long number, long millis) {}

        @Override
        public @Nullable Object handle(Args args) throws InterruptedException {
            URI redis = URI.create(System.getProperty("test.redis"));
            try (Connection connection =
                    new Connection(new HostAndPort(redis.getHost(), redis.getPort()))) {
                count(connection, Command.INCR, "begun:" + args.number());
                Thread.sleep(args.millis());
                count(connection, Command.DECR, "ended:" + args.number());
            }
            return null;
        }

        private static void count(Connection connection, Command command, String list) {
            connection.sendCommand(command, "running");
            String running = String.valueOf(connection.getIntegerReply());
            connection.sendCommand(Command.RPUSH, list, running);
            connection.getOne();
        }
    }
}
