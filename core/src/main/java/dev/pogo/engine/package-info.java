/**
 * How scopes, tasks and pools work. Not exported; {@code docs/ARCHITECTURE.md} walks through it.
 */
@NullMarked
package dev.pogo.engine;

import org.jspecify.annotations.NullMarked;
