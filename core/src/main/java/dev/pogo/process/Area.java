package dev.pogo.process;

/**
 * A piece of shared memory.
 *
 * @param offset where it begins
 * @param length how many bytes it has
 */
record Area(long offset, long length) {
    long end() {
        return offset + length;
    }

    boolean contains(long from, long bytes) {
        return from >= offset && bytes <= length && from + bytes <= end();
    }
}
