package dev.pogo;

import dev.pogo.sync.PlatformThreads;

import java.util.concurrent.ThreadFactory;

/** What a pool's tasks run on. Each task has a thread of its own, used once. */
public enum ThreadKind {
    /** A virtual thread: right for work that mostly waits. */
    VIRTUAL,
    /**
     * A daemon platform thread: right for work that computes, which would otherwise hold the few
     * carrier threads that all virtual threads share.
     */
    PLATFORM;

    /**
     * Threads of this kind. They inherit nothing from the thread that happens to admit the task,
     * which may be working for another request, not even its group or priority; and all share one
     * name, since a string per thread costs more than it tells.
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
