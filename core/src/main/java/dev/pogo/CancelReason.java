package dev.pogo;

/** The reason why a task was cancelled. */
public enum CancelReason {
    /** An {@code await} on the task, alone or together with others, timed out. */
    AWAIT_TIMED_OUT("an await timed out"),
    /** The scope was closed before the task had an outcome. */
    SCOPE_CLOSED("its scope was closed"),
    /** The deadline of the scope, or of one around it, passed. */
    SCOPE_DEADLINE("the deadline of its scope passed"),
    /** The time that the task may take, {@link TaskSpec#within}, passed. */
    TASK_TIMEOUT("its time limit passed"),
    /**
     * Another task failed during {@link PogoScope#awaitAll()} or {@link PogoScope#map}, or in a
     * scope that is to {@linkplain PogoScope#failFast fail fast}.
     */
    SIBLING_FAILED("another task of its scope failed"),
    /** Another task won in {@link PogoScope#awaitAny}. */
    LOST_RACE("another task won the race"),
    /**
     * {@link Task#cancel()} or {@link PogoScope#cancel()} was called, a future or its {@linkplain
     * PogoScope#executor executor} was cancelled, or a {@link PogoScope#map} has ended without its
     * results, for another reason than the failure of an item.
     */
    CANCEL_CALLED("cancel() was called"),
    /** The runtime was closed. */
    RUNTIME_CLOSED("the runtime was closed");

    private final String description;

    CancelReason(String description) {
        this.description = description;
    }

    /**
     * Returns the reason as part of a sentence, after "because".
     *
     * @return a text such as "an await timed out"
     */
    public String description() {
        return description;
    }
}
