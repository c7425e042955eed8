/**
 * What the tests of several modules need: a real {@link dev.pogo.testing.RedisServer} that can be
 * killed, paused and restarted, a {@link dev.pogo.testing.ChildJvm} likewise, and the JUnit
 * extensions {@link dev.pogo.testing.RedisExtension} and {@link
 * dev.pogo.testing.NothingIsLeftBehind}.
 */
@NullMarked
package dev.pogo.testing;

import org.jspecify.annotations.NullMarked;
