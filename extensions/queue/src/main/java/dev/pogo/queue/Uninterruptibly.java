package dev.pogo.queue;

/** Waits that an interrupt does not end; it is kept for later. */
final class Uninterruptibly {
    private Uninterruptibly() {}

    /** A wait that can be begun again. */
    @FunctionalInterface
    interface Wait {
        void run() throws InterruptedException;
    }

    static void run(Wait wait) {
        boolean interrupted = false;
        while (true) {
            try {
                wait.run();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
