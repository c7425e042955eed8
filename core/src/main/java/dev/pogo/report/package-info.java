/** Diagrams of what a scope's tasks have done. */
@NullMarked
package dev.pogo.report;

import org.jspecify.annotations.NullMarked;
