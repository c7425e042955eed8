/** A demo server: each request is a scope, which ends with its deadline or its client. */
@NullMarked
package dev.pogo.samples.serve;

import org.jspecify.annotations.NullMarked;
