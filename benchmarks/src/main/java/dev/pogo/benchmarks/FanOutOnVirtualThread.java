package dev.pogo.benchmarks;

import org.openjdk.jmh.annotations.Fork;

/** The same requests by a virtual thread. */
@Fork(
        value = 3,
        jvmArgsAppend = {"--enable-preview", "-Djmh.executor=VIRTUAL"})
public class FanOutOnVirtualThread extends FanOut {}
