package dev.pogo.queue;

/** Queues in memory. */
class MemoryQueueTest extends QueueSuite {
    MemoryQueueTest() {
        super(MemoryBackend.defaults());
    }
}
