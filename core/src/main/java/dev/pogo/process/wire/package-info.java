/**
 * Frames, the first message and the shared memory of the protocol between Pogo and a worker
 * process. Not exported.
 */
@NullMarked
package dev.pogo.process.wire;

import org.jspecify.annotations.NullMarked;
