package dev.pogo.benchmarks.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

class CountingCallerTest {
    /** Stands for a reply that does not come. */
    private static final long FAILURE = -1;

    @Test
    void run_everyReplyIsTheNext_nothingIsDoneTwice() {
        CountingCaller caller = caller(1, 2, 3);
        assertEquals(3, caller.replies());
        assertEquals(3, caller.value());
        assertEquals(0, caller.doneTwice());
    }

    @Test
    void run_replyIsOneTooHigh_oneIsDoneTwice() {
        assertEquals(1, caller(1, 3, 4).doneTwice());
    }

    @Test
    void run_afterAFailureReplyIsOneTooHigh_theFailedOneWasDoneOnce() {
        CountingCaller caller = caller(1, FAILURE, 3);
        assertEquals(0, caller.doneTwice());
        assertEquals(1, caller.failed());
        assertEquals(Map.of("IllegalStateException", 1), caller.failures());
    }

    @Test
    void run_failureIsTheLast_mayHaveBeenDone() {
        assertEquals(1, caller(1, FAILURE).failedInARow());
    }

    /** One that has got these replies and ended. */
    private static CountingCaller caller(long... replies) {
        Iterator<Long> iterator = Arrays.stream(replies).iterator();
        Replies client = new Replies(iterator);
        CountingCaller caller = new CountingCaller(client, 1);
        client.end = caller::stop;
        caller.run();
        return caller;
    }

    private static final class Replies implements Client {
        private final Iterator<Long> replies;
        private Runnable end = () -> {};

        private Replies(Iterator<Long> replies) {
            this.replies = replies;
        }

        @Override
        public long increment(byte[] key) {
            long reply = replies.next();
            if (!replies.hasNext()) {
                end.run();
            }
            if (reply == FAILURE) {
                throw new IllegalStateException("no reply");
            }
            return reply;
        }

        @Override
        public void set(byte[] key, byte[] value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] take(byte[] key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setAll(List<byte[]> keys, byte[] value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void push(byte[] list, byte[] value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] pop(byte[] list) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
