package dev.pogo.sync;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;

/**
 * Makes platform threads that keep nothing of whoever makes them: a thread may live long after an
 * application that happened to need it first, whose class loader is then to be garbage. They are
 * daemons of normal priority, in the root group, with no inherited thread-local, and with the
 * system class loader for their context.
 */
public final class PlatformThreads {
    /**
     * Whether a new platform thread keeps the access-control context of who makes it, and with that
     * the class loaders of all code that is on the stack, and those that the making thread has kept
     * in the same way. From 24 on there are no such contexts; {@link AccessController} is then not
     * touched, as it is to be removed.
     */
    private static final boolean KEEP_CONTEXT = Runtime.version().feature() < 24;

    private PlatformThreads() {}

    /**
     * Makes threads of one name.
     *
     * @param name what all of them are called
     * @return their factory, which any thread may use
     */
    public static ThreadFactory factory(String name) {
        ThreadFactory threads =
                Thread.ofPlatform()
                        .name(name)
                        .daemon()
                        .group(rootGroup())
                        .priority(Thread.NORM_PRIORITY)
                        .inheritInheritableThreadLocals(false)
                        .factory();
        return KEEP_CONTEXT ? action -> inOwnContext(threads, action) : threads;
    }

    /** With nothing in the context but this class. */
    @SuppressWarnings("removal") // there is no other way as long as threads keep a context
    private static Thread inOwnContext(ThreadFactory threads, Runnable action) {
        return AccessController.doPrivileged(
                (PrivilegedAction<Thread>) () -> threads.newThread(action));
    }

    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }
}
