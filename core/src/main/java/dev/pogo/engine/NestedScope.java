package dev.pogo.engine;

import dev.pogo.CancelReason;
import dev.pogo.engine.Events.ScopeEvent;
import dev.pogo.json.Durations;
import dev.pogo.util.SafeLog;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;

/**
 * Opens and closes a scope, in nesting order with the other scopes of its owner. From its first
 * task or channel on, the scope is registered with the runtime, which closes it if the owner ends
 * without doing so.
 */
abstract sealed class NestedScope extends TimedScope permits AwaitableScope {
    private static final Logger LOG = LoggerFactory.getLogger(PogoScopeImpl.class);

    /**
     * The scope around this one, of the same thread or of the task that opened this; null once this
     * is closed and none of its tasks is left to read it. Written by the owner. For a scope that
     * could not be closed it changes when the scope around it is closed.
     */
    private @Nullable PogoScopeImpl outer;

    /**
     * The execution of the task that opened this; null if another thread did, or one that was not
     * recognized as a task's, see {@link Execution}. Also null once {@link #outer} is. Written by
     * the owner.
     */
    private @Nullable Execution opener;

    /** The slot of this scope; owned by the runtime's {@link ActiveScopes}. */
    int busyPlace = ActiveScopes.NOWHERE;

    /** Event that records this scope; null if none is wanted. For the owner thread only. */
    private final @Nullable ScopeEvent event = Events.scopeOpened();

    /**
     * Set, with the lock of the tasks held, when {@link #attend} has something to do. Read without
     * it: if another thread that spawns sees it first, that one attends.
     */
    private boolean unattended;

    /**
     * Set when {@link #close()} has completed; for the owner thread only. A close that fails before
     * that, for example because memory runs out, can be repeated.
     */
    private boolean closed;

    /** Values of {@link #left}. */
    private static final byte NOT_LEFT = 0;

    private static final byte WARNED = 1;
    private static final byte FORGOTTEN = 2;

    /**
     * {@link #WARNED} once it was logged that this seems to have been left open, {@link #FORGOTTEN}
     * once the owner's scopes no longer regard it. Written by the owner.
     */
    private volatile byte left = NOT_LEFT;

    NestedScope(
            PogoRuntimeImpl runtime,
            @Nullable PogoScopeImpl outer,
            @Nullable Execution opener,
            @Nullable Duration timeLimit) {
        super(runtime, outer, timeLimit);
        this.outer = outer;
        this.opener = opener;
    }

    /** Makes this the innermost of the owner's open scopes. For the owner thread only. */
    final void enter() {
        ScopeStack.setInnermost(opener, scope());
    }

    /**
     * Called with the lock of {@link #tasks()} held before the first task is added, and before each
     * channel is added while there is no task.
     */
    final void beforeFirstUse() {
        unattended = true;
        runtime().register(scope());
        noteDeadline();
    }

    /** Called with the lock of {@link #tasks()} held before a task with a time limit is added. */
    final void beforeLimitedTask(long limit) {
        if (noteTaskLimit(limit)) {
            unattended = true;
        }
    }

    /** Does the part of the first use that is left to be done without the lock. */
    final void attend(long chance) {
        if (unattended) {
            unattended = false;
            runtime().attend(chance);
        }
    }

    /**
     * Stops accepting tasks; the existing ones are about to end.
     *
     * @return whether tasks were accepted until now
     */
    final boolean refuse(CancelReason reason) {
        return tasks().refuse(reason);
    }

    /** See {@link dev.pogo.PogoScope#close()}. */
    public final void close() {
        if (Thread.currentThread() != owner()) {
            throw new WrongThreadException(
                    "the scope is to be closed by "
                            + owner()
                            + ", which opened it, not by "
                            + Thread.currentThread());
        }
        if (closed) {
            return;
        }
        StackProbe.ensureRoom();
        NestedScope innermost = ScopeStack.innermost(opener);
        try {
            if (innermost != this) {
                closeInner(innermost);
            }
        } finally {
            boolean ended = endTasks();
            closed = true;
            UnseenFailures.report(tasks());
            leave(innermost == this ? this : ScopeStack.innermost(opener));
            if (ended) {
                outer = null;
                opener = null;
            }
            Events.scopeClosed(scope(), event);
        }
    }

    /** Closes the scopes that were opened inside this one, even if closing one of them fails. */
    private void closeInner(@Nullable NestedScope innermost) {
        NestedScope inner = innermost;
        if (inner == null || !inner.isWithin(this)) {
            return; // the thread-local was cleared, and others may have been opened since
        }
        Throwable failure = null;
        while (inner != null && inner != this) {
            NestedScope next = inner.outerOfSameThread();
            try {
                inner.close();
            } catch (Throwable e) {
                failure = e;
            }
            inner = next;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /**
     * Performs each step even if the one before has thrown, and then throws that; so this can be
     * called again. Once all tasks have ended or are left behind, the scope is unregistered from
     * the runtime, even if this throws.
     *
     * @return false if tasks are left behind
     */
    private boolean endTasks() {
        ScopeTasks tasks = tasks();
        boolean ended = false;
        try {
            try {
                refuse(CancelReason.SCOPE_CLOSED);
            } finally {
                tasks.cancelAll(CancelReason.SCOPE_CLOSED);
            }
        } finally {
            try {
                tasks.closeChannels();
            } finally {
                ended =
                        tasks.allEnded()
                                || tasks.awaitAllEnded(
                                        CancelReason.SCOPE_CLOSED,
                                        runtime().closeGrace(),
                                        System.nanoTime());
                endAlarm();
                runtime().unregister(scope());
            }
        }
        return ended;
    }

    /**
     * Removes this from the owner's open scopes once it is closed. If the close fails before that,
     * the scope around this one closes it. Scopes inside this one are also closed, or stay behind
     * in the same way.
     */
    private void leave(@Nullable NestedScope innermost) {
        NestedScope next = innermost;
        if (next == this) {
            ScopeStack.setInnermost(opener, outerOfSameThread());
            return;
        }
        for (; next != null; next = next.outerOfSameThread()) {
            if (next.outer == this) {
                next.outer = outer;
            }
        }
    }

    /** For the owner thread only. */
    final boolean isClosed() {
        return closed;
    }

    /**
     * Returns whether its deadline passed so long ago that the owner must have left this open. For
     * the owner, when it opens another scope inside this one.
     */
    final boolean isOverdue() {
        return hasDeadline() && System.nanoTime() - deadline() > ForgottenScopes.RECOVERY_NANOS;
    }

    /**
     * Warns that this seems to have been left open. For the owner, when it opens another scope
     * inside this one after the deadline.
     */
    final void warnOnce() {
        if (left == NOT_LEFT) {
            left = WARNED;
            SafeLog.warn(
                    LOG,
                    "A scope is opened inside {}, whose deadline passed {} ago, so its tasks are"
                            + " cancelled at once. Was that one not closed? Use try-with-resources",
                    this,
                    Durations.describe(Duration.ofNanos(System.nanoTime() - deadline())));
        }
    }

    /**
     * Gives up this scope, which the owner has left open: its tasks are cancelled, and the runtime
     * unregisters it once they have ended. For the owner.
     */
    final void forget() {
        left = FORGOTTEN;
        closeForOwner();
    }

    /** Returns whether the owner has left this open and is not expected to close it. */
    final boolean isAbandoned() {
        return left == FORGOTTEN || !owner().isAlive();
    }

    /**
     * Cancels what the owner of an abandoned scope has left behind, and unregisters this from the
     * runtime if no task runs any more; otherwise a later call does that. May be called by any
     * thread, and does not wait.
     */
    final void closeForOwner() {
        if (refuse(CancelReason.SCOPE_CLOSED) && left != FORGOTTEN) {
            SafeLog.warn(
                    LOG,
                    "{} has ended and left {} open; it is closed now. Use try-with-resources",
                    owner(),
                    this);
        }
        endAlarm();
        cancelSoon(CancelReason.SCOPE_CLOSED);
        if (tasks().allEnded()) {
            runtime().unregister(scope());
            UnseenFailures.report(tasks());
        }
    }

    /** Returns the innermost open scope of the owner once this is closed, or null. */
    final @Nullable PogoScopeImpl outerOfSameThread() {
        return outer != null && outer.owner() == owner() ? outer : null;
    }

    /**
     * Returns whether this is the other scope or was opened by the same thread while that was open.
     */
    private boolean isWithin(NestedScope other) {
        NestedScope scope = this;
        while (scope != null && scope != other) {
            scope = scope.outerOfSameThread();
        }
        return scope != null;
    }

    /**
     * Returns whether this scope is open, directly or through others, inside a task of the runtime.
     */
    final boolean isWithinTaskOf(PogoRuntimeImpl other) {
        for (NestedScope next = this; next != null; next = next.outer) {
            NestedScope around = next.outer;
            if (around != null && around.owner() != next.owner() && around.runtime() == other) {
                return true;
            }
        }
        return false;
    }

    /** Returns the pool of the task that opened this, or null if another thread did. */
    final @Nullable PoolImpl openedIn() {
        Execution by = opener;
        return by == null ? null : by.task().owningPool();
    }
}
