/** A load for the demo server, with clients that lose patience. */
@NullMarked
package dev.pogo.samples.load;

import org.jspecify.annotations.NullMarked;
