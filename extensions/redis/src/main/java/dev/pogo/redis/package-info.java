/**
 * What the modules of the suite share of Redis: its address, and connections that are owned by one
 * thread each, are opened again after a failure, and never repeat a command that may have been
 * done.
 */
@NullMarked
package dev.pogo.redis;

import org.jspecify.annotations.NullMarked;
