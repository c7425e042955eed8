package dev.pogo.redis;

import org.jspecify.annotations.Nullable;

import redis.clients.jedis.Protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** A command for a {@link CommandThread}, and what is to be done with its reply. */
public final class Command {
    /**
     * Receives the reply to a command, on the thread of the connection. It must neither block nor
     * throw.
     */
    public interface Reply {
        /** Ignores the reply. */
        Reply NONE =
                new Reply() {
                    @Override
                    public void done(@Nullable Object value) {}

                    @Override
                    public void failed(RedisException e) {}
                };

        /**
         * Receives the value.
         *
         * @param value a {@code Long}, a {@code byte[]}, a list of such values, or null
         */
        void done(@Nullable Object value);

        /**
         * Receives the failure.
         *
         * @param e what is known of it
         */
        void failed(RedisException e);
    }

    /** Joins commands that are sent in the same batch to one. */
    @FunctionalInterface
    public interface Joint {
        /**
         * Returns a command that does what its parts are to do, in their order. Called by the
         * thread of the connection.
         *
         * @param parts the arguments of the parts, at least one
         * @return the command, not a part itself
         */
        Command join(List<byte[][]> parts);
    }

    private final Protocol.Command name;
    private final byte[][] args;
    private final Reply reply;

    /** Null if the command is sent as it is. */
    private final @Nullable Joint joint;

    private Command(Protocol.Command name, @Nullable Joint joint, Reply reply, byte[]... args) {
        this.name = name;
        this.joint = joint;
        this.reply = reply;
        this.args = args;
    }

    /**
     * Creates a command.
     *
     * @param name the command
     * @param reply receives the reply
     * @param args the arguments, not copied
     * @return the command
     */
    public static Command of(Protocol.Command name, Reply reply, byte[]... args) {
        return new Command(name, null, Objects.requireNonNull(reply, "reply"), args);
    }

    /**
     * Creates a command that runs a script.
     *
     * @param script the script, one of those that the {@link CommandThread} was given
     * @param reply receives the reply
     * @param key the key that says where in a cluster the script runs
     * @param args the arguments of the script, not copied
     * @return the command
     */
    public static Command run(Script script, Reply reply, byte[] key, byte[]... args) {
        return run(script, reply, List.of(key), args);
    }

    /**
     * Creates a command that runs a script with several keys. A server of a cluster that does not
     * have all of them, because it is handing them over to another, refuses the script before it
     * begins.
     *
     * @param script the script, one of those that the {@link CommandThread} was given
     * @param reply receives the reply
     * @param keys the keys, at least one, which belong together in a cluster
     * @param args the arguments of the script, not copied
     * @return the command
     */
    public static Command run(Script script, Reply reply, List<byte[]> keys, byte[]... args) {
        byte[][] all = new byte[2 + keys.size() + args.length][];
        all[0] = script.hash();
        all[1] = bytes(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            all[2 + i] = keys.get(i);
        }
        System.arraycopy(args, 0, all, 2 + keys.size(), args.length);
        return new Command(
                Protocol.Command.EVALSHA, null, Objects.requireNonNull(reply, "reply"), all);
    }

    /**
     * Creates a part of a command. All parts of the same joint that are in a batch are sent as one
     * command, after all other commands of the batch.
     *
     * @param joint joins the parts; always the same object for those that belong together
     * @param args the arguments of this part, not copied
     * @return the part
     */
    public static Command part(Joint joint, byte[]... args) {
        return new Command(
                Protocol.Command.EVALSHA, Objects.requireNonNull(joint, "joint"), Reply.NONE, args);
    }

    /**
     * Creates a part of a command like {@link #part(Joint, byte[]...)}, with a reply of its own:
     * the reply to the joined command must be a list, with one value for each part.
     *
     * @param joint joins the parts, all of which have a reply
     * @param reply receives the reply
     * @param args the arguments of this part, not copied
     * @return the part
     */
    public static Command part(Joint joint, Reply reply, byte[]... args) {
        return new Command(
                Protocol.Command.EVALSHA,
                Objects.requireNonNull(joint, "joint"),
                Objects.requireNonNull(reply, "reply"),
                args);
    }

    /** Joins parts of the same joint. */
    static Command join(List<Command> parts) {
        Joint joint = Objects.requireNonNull(parts.getFirst().joint);
        Command joined =
                Objects.requireNonNull(joint.join(parts.stream().map(Command::args).toList()));
        return parts.getFirst().reply == Reply.NONE
                ? joined
                : new Command(joined.name, null, new Shares(parts), joined.args);
    }

    /** Gives each part its share of the reply. */
    private record Shares(List<Command> parts) implements Reply {
        @Override
        public void done(@Nullable Object value) {
            if (!(value instanceof List<?> values) || values.size() != parts.size()) {
                failed(new RedisException("the reply has no share for each part", true, null));
                return;
            }
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).done(values.get(i));
            }
        }

        @Override
        public void failed(RedisException e) {
            parts.forEach(part -> part.failed(e));
        }
    }

    /**
     * Returns text as Redis takes it.
     *
     * @param text the text
     * @return UTF-8
     */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns a number as Redis takes it.
     *
     * @param number the number
     * @return its decimal digits
     */
    public static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    /** Tells the value. What the reply throws is only logged: it must not cost others theirs. */
    void done(@Nullable Object value) {
        try {
            reply.done(value);
        } catch (Throwable e) {
            Threads.goesOn(e);
        }
    }

    /** Tells the failure, and likewise throws nothing. */
    void failed(RedisException failure) {
        try {
            // The joint knows who waits for a part without a reply of its own.
            boolean alone = joint == null || reply != Reply.NONE;
            (alone ? reply : join(List.of(this)).reply).failed(failure);
        } catch (Throwable e) {
            Threads.goesOn(e);
        }
    }

    Protocol.Command name() {
        return name;
    }

    byte[][] args() {
        return args;
    }

    @Nullable Joint joint() {
        return joint;
    }

    /** Returns the number of bytes to send, roughly. */
    long size() {
        long size = 0;
        for (byte[] arg : args) {
            size += arg.length;
        }
        return size;
    }
}
