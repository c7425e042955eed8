package dev.pogo.queue;

/** Where the messages of queues are kept: {@link RedisBackend} or {@link MemoryBackend}. */
public sealed interface QueueBackend permits RedisBackend, MemoryBackend {}
