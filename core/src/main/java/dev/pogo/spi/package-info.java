/** What a module outside Pogo implements to have its own part of the configuration file. */
@NullMarked
package dev.pogo.spi;

import org.jspecify.annotations.NullMarked;
