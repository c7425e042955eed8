package dev.pogo.channel;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * One operation that a select may perform. It is used by one select at a time, and so by one
 * thread.
 */
abstract sealed class SelectCase<K> {
    final K key;

    SelectCase(K key) {
        this.key = key;
    }

    /** Throws an exception if the wait could never end. */
    void ensureMayWait() {}

    /** Performs the operation if it is ready now; otherwise returns null. */
    abstract @Nullable Selected<K> look();

    /**
     * Adds the node to the line of the operation. It is chosen when the operation is ready, which
     * may be at once.
     */
    abstract void enlist(LineNode place);

    /** Removes the node from its line, if it is still there. */
    abstract void forget(LineNode place);

    /** Returns the outcome of the operation, after the node was chosen. */
    abstract Selected<K> done(LineNode place);

    static final class Pop<K> extends SelectCase<K> {
        private final Channel<?> channel;

        Pop(K key, Channel<?> channel) {
            super(key);
            this.channel = channel;
        }

        @Override
        @Nullable Selected<K> look() {
            Object polled = channel.poll();
            return polled == null ? null : popped(polled);
        }

        @Override
        void enlist(LineNode place) {
            channel.enlistPopper(place);
        }

        @Override
        void forget(LineNode place) {
            channel.forget(place);
        }

        @Override
        Selected<K> done(LineNode place) {
            return popped(Objects.requireNonNull(place.element));
        }

        private Selected<K> popped(Object polled) {
            return new Selected<>(
                    key,
                    () -> {
                        if (polled == Channel.CLOSED) {
                            throw channel.closedForPop();
                        }
                        return polled;
                    });
        }
    }

    static final class Push<K> extends SelectCase<K> {
        private final Channel<?> channel;
        private final Object element;

        <T> Push(K key, Channel<? super T> channel, T element) {
            super(key);
            this.channel = channel;
            this.element = element;
        }

        @Override
        @Nullable Selected<K> look() {
            Channel.Offer offer = channel.offer(element);
            return offer == Channel.Offer.FULL ? null : pushed(offer == Channel.Offer.CLOSED);
        }

        @Override
        void enlist(LineNode place) {
            place.element = element;
            channel.enlistPusher(place);
        }

        @Override
        void forget(LineNode place) {
            channel.forget(place);
        }

        @Override
        Selected<K> done(LineNode place) {
            return pushed(place.element == Channel.CLOSED);
        }

        private Selected<K> pushed(boolean closed) {
            return new Selected<>(
                    key,
                    () -> {
                        if (closed) {
                            throw channel.closedForPush();
                        }
                        return element;
                    });
        }
    }

    static final class Outcome<K> extends SelectCase<K> {
        final Source<? extends @Nullable Object> source;

        Outcome(K key, Source<? extends @Nullable Object> source) {
            super(key);
            this.source = source;
        }

        @Override
        void ensureMayWait() {
            source.ensureMayWait();
        }

        @Override
        @Nullable Selected<K> look() {
            Object taken = source.take();
            return taken == null ? null : taken(taken);
        }

        /** Does nothing: all sources of a select are waited for together. */
        @Override
        void enlist(LineNode place) {}

        @Override
        void forget(LineNode place) {}

        @Override
        Selected<K> done(LineNode place) {
            return taken(Objects.requireNonNull(place.element));
        }

        private Selected<K> taken(Object taken) {
            return new Selected<>(key, () -> source.value(taken));
        }
    }
}
