/**
 * Implementation of scopes, tasks and pools. Not exported; described in {@code
 * docs/ARCHITECTURE.md}.
 */
@NullMarked
package dev.pogo.engine;

import org.jspecify.annotations.NullMarked;
