/**
 * Request-scoped fan-out: {@link dev.pogo.Pogo#open()} opens a {@link dev.pogo.PogoScope scope},
 * the scope spawns {@link dev.pogo.Task tasks} into named {@link dev.pogo.Pool pools}, and closing
 * the scope ends whatever is unfinished and waits until it has really ended.
 *
 * <p>Unless documented otherwise, a method rejects {@code null} arguments with a {@link
 * NullPointerException} that names the parameter, and may be called by any thread. A timeout longer
 * than about 146 years is treated as that long.
 */
@NullMarked
package dev.pogo;

import org.jspecify.annotations.NullMarked;
