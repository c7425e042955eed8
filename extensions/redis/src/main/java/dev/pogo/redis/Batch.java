package dev.pogo.redis;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * The commands that are sent together. Each one that was taken is answered exactly once, whatever
 * is thrown. Owned by one thread, which fills it again and again.
 */
final class Batch {
    private static final int MAX_COMMANDS = 1_000;
    private static final long MAX_BYTES = 1 << 20;

    /**
     * Those that are neither answered nor among {@link #commands}; the others are null. Both have
     * room for all from the start, so no command gets lost because there is no memory to keep it.
     */
    private final @Nullable Command[] taken = new @Nullable Command[MAX_COMMANDS];

    private final List<Command> commands = new ArrayList<>(MAX_COMMANDS);
    private final Supplier<RedisException> unsent;
    private int count;
    private int answered;

    /**
     * Creates an empty batch.
     *
     * @param unsent what commands fail with that could not be sent; it must not throw
     */
    Batch(Supplier<RedisException> unsent) {
        this.unsent = unsent;
    }

    /**
     * Takes commands, as many as fit, and joins their parts. If that cannot be done, the parts fail
     * and the other commands stay.
     */
    void take(Queue<Command> queue) {
        long bytes = 0;
        while (count < MAX_COMMANDS && bytes < MAX_BYTES) {
            Command command = queue.poll();
            if (command == null) {
                break;
            }
            taken[count++] = command;
            bytes += command.size();
        }
        for (int i = 0; i < count; i++) {
            Command command = taken[i];
            if (command != null && command.joint() == null) {
                commands.add(command);
                taken[i] = null;
            }
        }
        for (int i = 0; i < count; i++) {
            Command command = taken[i];
            if (command != null) {
                join(command.joint(), i);
            }
        }
    }

    private void join(Command.@Nullable Joint joint, int from) {
        boolean joined = false;
        try {
            List<Command> parts = new ArrayList<>();
            for (int i = from; i < count; i++) {
                Command part = taken[i];
                if (part != null && part.joint() == joint) {
                    parts.add(part);
                }
            }
            commands.add(Command.join(parts));
            joined = true;
        } catch (Throwable e) {
            Threads.goesOn(e);
        }
        for (int i = from; i < count; i++) {
            Command part = taken[i];
            if (part != null && part.joint() == joint) {
                taken[i] = null;
                if (!joined) {
                    part.failed(unsent.get());
                }
            }
        }
    }

    /** Returns what is to be sent. */
    List<Command> commands() {
        return commands;
    }

    /** Returns whether a command has no answer yet. */
    boolean isOpen() {
        return answered < commands.size();
    }

    /** Returns the first command that has no answer. */
    Command first() {
        return commands.get(answered);
    }

    /** Returns the same, and counts it as answered: the caller answers it or sends it again. */
    Command next() {
        return commands.get(answered++);
    }

    /**
     * Fails what has no answer, and makes room for the next batch.
     *
     * @param why what the commands fail with; it must not throw
     */
    void end(Supplier<RedisException> why) {
        for (int i = 0; i < count; i++) {
            Command command = taken[i];
            if (command != null) {
                taken[i] = null;
                command.failed(unsent.get());
            }
        }
        while (isOpen()) {
            next().failed(why.get());
        }
        commands.clear();
        count = 0;
        answered = 0;
    }
}
