/** Jobs that run in other processes, which take them from a queue in Redis. */
@NullMarked
package dev.pogo.samples.cluster;

import org.jspecify.annotations.NullMarked;
