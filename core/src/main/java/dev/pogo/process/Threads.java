package dev.pogo.process;

import dev.pogo.util.ThreadFactories;

/** The threads of the workers: daemons, which retain nothing of the threads that create them. */
final class Threads {
    private Threads() {}

    /** Returns the name that all threads of a pool's workers have. */
    static String name(String pool) {
        return "pogo-worker/" + pool;
    }

    static Thread create(String name, Runnable action) {
        Thread thread = ThreadFactories.platform(name).newThread(action);
        thread.setContextClassLoader(Threads.class.getClassLoader());
        return thread;
    }

    static Thread start(String name, Runnable action) {
        Thread thread = create(name, action);
        thread.start();
        return thread;
    }
}
