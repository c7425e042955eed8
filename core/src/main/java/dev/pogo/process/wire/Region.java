package dev.pogo.process.wire;

/**
 * A region of shared memory.
 *
 * @param offset the offset of its first byte
 * @param length the number of bytes
 */
public record Region(long offset, long length) {
    long end() {
        return offset + length;
    }

    public boolean contains(long from, long bytes) {
        return from >= offset && bytes <= length && from + bytes <= end();
    }
}
