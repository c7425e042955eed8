/** Services by which a module outside Pogo reads its own part of the configuration file. */
@NullMarked
package dev.pogo.spi;

import org.jspecify.annotations.NullMarked;
