package dev.pogo.benchmarks.busy;

/** Says that threads still run, so that nothing counted from now on would be right. */
final class StuckException extends Exception {
    private static final long serialVersionUID = 1;

    StuckException(String message) {
        super(message);
    }
}
