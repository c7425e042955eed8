package dev.pogo;

import dev.pogo.sync.PlatformThreads;

import java.util.concurrent.ThreadFactory;

/** Kind of thread that a pool's tasks run on. Each task has its own thread, which is used once. */
public enum ThreadKind {
    /** A virtual thread, for work that mostly waits. */
    VIRTUAL,
    /**
     * A daemon platform thread, for work that computes, which would otherwise occupy the few
     * carrier threads that all virtual threads share.
     */
    PLATFORM;

    /**
     * Returns a factory for threads of this kind. They inherit nothing from the thread that happens
     * to admit the task, not even its group or priority, as it may be working for another request.
     * All share one name, since a string per thread costs more than it tells.
     */
    ThreadFactory factory(String threadName) {
        return switch (this) {
            case VIRTUAL ->
                    Thread.ofVirtual()
                            .name(threadName)
                            .inheritInheritableThreadLocals(false)
                            .factory();
            case PLATFORM -> PlatformThreads.factory(threadName);
        };
    }
}
