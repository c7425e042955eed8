package dev.pogo.util;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;

/**
 * Factories of threads that keep nothing of the thread that creates them: a thread may long outlive
 * the application that happened to need it first, whose class loader must then become garbage.
 */
public final class ThreadFactories {
    /**
     * True if a new platform thread keeps the access-control context of the thread that creates it,
     * and with that the class loaders of all code on the stack, and those that the creating thread
     * has kept in the same way. From Java 24 on there are no such contexts; {@link
     * AccessController} is then not touched, as it is to be removed.
     */
    private static final boolean KEEP_CONTEXT = Runtime.version().feature() < 24;

    private ThreadFactories() {}

    /**
     * Returns a factory of virtual threads that share a name and inherit no thread-locals.
     *
     * @param name the name of all the threads
     * @return their factory, which any thread may use
     */
    public static ThreadFactory virtual(String name) {
        return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).factory();
    }

    /**
     * Returns a factory of platform threads that share a name. They are daemons of normal priority,
     * in the root group, with no inherited thread-locals, and with the system class loader as their
     * context class loader.
     *
     * @param name the name of all the threads
     * @return their factory, which any thread may use
     */
    public static ThreadFactory platform(String name) {
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

    /** Creates a thread with nothing in the context but this class. */
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
