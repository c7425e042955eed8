package dev.pogo.engine;

import dev.pogo.json.Durations;
import dev.pogo.util.SafeLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Recovers a thread from scopes that it has left open. Such a scope looks like one around the
 * thread's later scopes, which would never get past its deadline. What tells the two apart is time:
 * at its deadline the tasks of a scope are cancelled, so the block of a scope that is still in use
 * ends soon after that. A forgotten scope without a deadline limits no other one.
 */
final class ForgottenScopes {
    /** Time after its deadline from which on a scope that is still open has been left so. */
    static final long RECOVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger LOG = LoggerFactory.getLogger(ForgottenScopes.class);

    private ForgottenScopes() {}

    /**
     * Gives up the scopes that the current thread has left open, and warns of one that it seems to
     * have left open.
     *
     * @param opener the execution of the current thread, or null
     * @param innermost the innermost of the thread's open scopes
     * @return the innermost that is left, or null
     */
    static @Nullable PogoScopeImpl giveUp(@Nullable Execution opener, PogoScopeImpl innermost) {
        if (!innermost.isPastDeadline()) {
            return innermost;
        }
        PogoScopeImpl next = innermost;
        PogoScopeImpl oldest = null;
        int count = 0;
        // A scope ends no later than those around it, so those that are overdue come first.
        while (next != null && next.isOverdue()) {
            oldest = next;
            count++;
            next = next.outerOfSameThread();
            ScopeStack.setInnermost(opener, next);
            giveUp(oldest);
        }
        if (oldest == null) {
            innermost.warnOnce();
        } else {
            report(oldest, count);
        }
        return next;
    }

    /** Never throws, since this is not the concern of the thread's next scope. */
    private static void giveUp(PogoScopeImpl forgotten) {
        try {
            forgotten.forget();
        } catch (Throwable e) {
            SafeLog.warn(LOG, "{} could not be closed", forgotten, e);
        }
    }

    private static void report(PogoScopeImpl oldest, int count) {
        String others = count == 1 ? "" : ", and " + (count - 1) + " inside it";
        Throwable openedAt = oldest.openedAt();
        SafeLog.error(
                LOG,
                Thread.currentThread()
                        + " has left "
                        + oldest
                        + " open"
                        + others
                        + ": its deadline passed "
                        + Durations.describe(
                                Duration.ofNanos(System.nanoTime() - oldest.deadline()))
                        + " ago and has limited the thread's scopes since. It is closed now and"
                        + " limits no further ones. Use try-with-resources. "
                        + (openedAt != null
                                ? "It was opened here:"
                                : "With \"leak_detection\": true this message says where it was"
                                        + " opened"),
                openedAt);
    }
}
