/** A command-line program that shows Pogo at work. */
@NullMarked
package dev.pogo.samples;

import org.jspecify.annotations.NullMarked;
