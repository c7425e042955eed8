/** The jobs and pools of the samples. */
@NullMarked
package dev.pogo.samples.jobs;

import org.jspecify.annotations.NullMarked;
