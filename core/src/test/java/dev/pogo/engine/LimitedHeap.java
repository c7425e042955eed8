package dev.pogo.engine;

/** A heap of alarms with no memory for more as long as it is told so. */
final class LimitedHeap extends AlarmHeap {
    volatile boolean full;

    @Override
    void makeRoom() {
        if (full) {
            throw new OutOfMemoryError("test");
        }
        super.makeRoom();
    }
}
