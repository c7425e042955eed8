/** Tests of the engine and its API; each class ends with {@link dev.pogo.NothingIsLeft}. */
@NullMarked
package dev.pogo;

import org.jspecify.annotations.NullMarked;
