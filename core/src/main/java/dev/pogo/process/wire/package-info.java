/**
 * What passes between Pogo and a worker process: frames, the first message, shared memory. Not
 * exported.
 */
@NullMarked
package dev.pogo.process.wire;

import org.jspecify.annotations.NullMarked;
