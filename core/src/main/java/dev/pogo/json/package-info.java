/** JSON support, independent of tasks. */
@NullMarked
package dev.pogo.json;

import org.jspecify.annotations.NullMarked;
