package dev.pogo;

/** Kind of thread that a pool's tasks run on. Each task has its own thread, which is used once. */
public enum ThreadKind {
    /** A virtual thread, for work that mostly waits. */
    VIRTUAL,
    /**
     * A daemon platform thread, for work that computes, which would otherwise occupy the few
     * carrier threads that all virtual threads share.
     */
    PLATFORM;
}
