package dev.pogo;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What tests map. */
final class Items {
    private Items() {}

    static List<Integer> upTo(int size) {
        return IntStream.range(0, size).boxed().toList();
    }

    /** A collection whose iterator computes each item as it is asked for it. */
    static <T> Collection<T> computed(int size, IntFunction<T> items) {
        return new AbstractCollection<>() {
            @Override
            public Iterator<T> iterator() {
                return IntStream.range(0, size).mapToObj(items).iterator();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    /** Counts down, and then waits until it is interrupted. */
    static Integer hang(CountDownLatch begun) throws InterruptedException {
        begun.countDown();
        new CountDownLatch(1).await();
        throw new AssertionError("nobody counts down");
    }
}
