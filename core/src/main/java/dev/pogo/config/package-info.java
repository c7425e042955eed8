/** Reads configurations. Not exported. */
@NullMarked
package dev.pogo.config;

import org.jspecify.annotations.NullMarked;
