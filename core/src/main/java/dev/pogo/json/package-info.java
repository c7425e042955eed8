/** What is written in JSON and knows nothing of tasks. */
@NullMarked
package dev.pogo.json;

import org.jspecify.annotations.NullMarked;
