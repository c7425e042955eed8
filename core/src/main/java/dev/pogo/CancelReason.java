package dev.pogo;

/** Why a task was cancelled. */
public enum CancelReason {
    /** An {@code await} on the task, or on its whole scope, ran out of time. */
    AWAIT_TIMED_OUT("an await timed out"),
    /** The scope was closed before the task had an outcome. */
    SCOPE_CLOSED("its scope was closed"),
    /** The deadline of the scope, or of one around it, passed. */
    SCOPE_DEADLINE("the deadline of its scope passed"),
    /** Another task of the scope failed during {@link PogoScope#awaitAll()}. */
    SIBLING_FAILED("another task of its scope failed"),
    /** Another task won in {@link PogoScope#awaitAny}. */
    LOST_RACE("another task won the race"),
    /** {@link Task#cancel()} was called. */
    CANCEL_CALLED("cancel() was called"),
    /** The runtime was closed. */
    RUNTIME_CLOSED("the runtime was closed");

    private final String words;

    CancelReason(String words) {
        this.words = words;
    }

    /** The reason as part of a sentence: "cancelled because …". */
    String words() {
        return words;
    }

    /**
     * Whether the caller itself gave the task up and so does not count it as a failure of the
     * scope.
     */
    boolean isCallersChoice() {
        return this == CANCEL_CALLED || this == LOST_RACE;
    }
}
