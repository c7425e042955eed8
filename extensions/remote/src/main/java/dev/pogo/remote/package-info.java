/**
 * Pools whose jobs run on other machines. {@link dev.pogo.remote.RemoteWorkers} is the worker of
 * such a pool; {@link dev.pogo.remote.JobHost} runs the jobs. Between them is a Redis server.
 */
@NullMarked
package dev.pogo.remote;

import org.jspecify.annotations.NullMarked;
