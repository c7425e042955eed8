package dev.pogo.remote;

import dev.pogo.redis.Command;
import dev.pogo.redis.RedisException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A request that a task has sent and waits for. Its outcome is set once, by whoever comes first:
 * the answer, the reply that it was withdrawn before a host claimed it, or the finding that neither
 * will come.
 */
final class Call {
    /** Outcome of a request that was withdrawn: no host had claimed it, and none will. */
    static final Answer WITHDRAWN = Answer.none();

    private final long number;
    private final String id;
    private final long since = System.nanoTime();

    /** The answer, or {@link #WITHDRAWN}. */
    private final CompletableFuture<Answer> outcome = new CompletableFuture<>();

    // Each of the following is set once and never reset. The watch reads them.

    /**
     * Whether the commands that send it are in the queue of the command thread. Set by the task's
     * thread.
     */
    private volatile boolean sent;

    /** Whether it is to be taken back, unless a host has claimed it. Set by the task's thread. */
    private volatile boolean toBeWithdrawn;

    /**
     * Whether nobody waits for the outcome any more, so that a host that has claimed it is to
     * cancel the job. Set by the task's thread or the command thread.
     */
    private volatile boolean toBeCancelled;

    /**
     * Whether there is nothing left in Redis or on a host, as far as that can be known. Set before
     * the outcome, by the thread that knows.
     */
    private volatile boolean settled;

    // The rest is owned by the command thread.

    /** How many looks in a row have found neither the request nor a claim. */
    private int missed;

    /** When the id is next put into the queue again; 0 before the first time. */
    private long nextRing;

    private long ringPause;

    Call(long number, String caller) {
        this.number = number;
        this.id = caller + '/' + number;
    }

    long number() {
        return number;
    }

    /** Returns the name of the request, unique in the queue. */
    String id() {
        return id;
    }

    long since() {
        return since;
    }

    void sent() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }

    void withdraw() {
        toBeWithdrawn = true;
    }

    void cancel() {
        toBeCancelled = true;
        toBeWithdrawn = true;
    }

    boolean isToBeWithdrawn() {
        return toBeWithdrawn;
    }

    boolean isToBeCancelled() {
        return toBeCancelled;
    }

    /** Returns whether the watch no longer needs to look after the call. */
    boolean isSettled() {
        return settled;
    }

    void answered(Answer answer) {
        settled = true;
        outcome.complete(answer);
    }

    void withdrawn() {
        settled = true;
        outcome.complete(WITHDRAWN);
    }

    /** Ends the call, since there will be no answer. */
    void fail(RemoteJobException e) {
        settled = true;
        outcome.completeExceptionally(e);
    }

    /** Ends the wait of the task. The watch withdraws the request as soon as it can. */
    void abandon(RemoteJobException e) {
        cancel();
        outcome.completeExceptionally(e);
    }

    /**
     * Waits for the outcome.
     *
     * @return the outcome; null if it has not come in time
     * @throws RemoteJobException if it never will
     */
    @Nullable Answer await(long nanos) throws InterruptedException {
        try {
            return outcome.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw (RemoteJobException) e.getCause();
        }
    }

    /** Waits for the outcome, which the watch brings about if no host does. */
    Answer await() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw (RemoteJobException) e.getCause();
        }
    }

    /**
     * Returns what receives the reply to the command that stores the request. If the connection
     * broke, the request may have arrived: then the watch finds out.
     */
    Command.Reply stored() {
        return new Command.Reply() {
            @Override
            public void done(@Nullable Object value) {}

            @Override
            public void failed(RedisException e) {
                if (!e.mayBeDone()) {
                    fail(
                            new RemoteJobException(
                                    RemoteJobException.Reason.NOT_SENT,
                                    null,
                                    e.getMessage() + "; the job was not sent",
                                    e));
                }
            }
        };
    }

    /** Returns what receives the reply to a withdrawal. */
    Command.Reply withdrawal() {
        return new Command.Reply() {
            @Override
            public void done(@Nullable Object value) {
                if (value instanceof Long result && result == 1) {
                    withdrawn();
                }
            }

            @Override
            public void failed(RedisException e) {
                // The watch repeats it.
            }
        };
    }

    /**
     * Records that a look has found neither the request nor a claim; returns how often in a row.
     */
    int missed() {
        return ++missed;
    }

    void found() {
        missed = 0;
    }

    /**
     * Returns whether the id, which a host may have taken and lost, is due to be put into the queue
     * again. The pauses double.
     */
    boolean isRingDue(long now, long firstPause) {
        if (ringPause == 0) {
            ringPause = firstPause;
            nextRing = since + firstPause;
        }
        if (now - nextRing < 0) {
            return false;
        }
        ringPause *= 2;
        nextRing = now + ringPause;
        return true;
    }
}
