package dev.pogo.channel;

import dev.pogo.sync.BriefLock;
import dev.pogo.sync.StackProbe;
import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * A way for elements from threads that push them to threads that pop them: with a bounded buffer,
 * or as a rendezvous, where a push ends when its element has been popped.
 *
 * {@snippet file="dev/pogo/channel/ChannelExampleTest.java" region="channel"}
 *
 * <p>Elements come out in the order in which they went in. Threads that wait to push, and threads
 * that wait to pop, are served in the order in which they came. A push or a pop that is interrupted
 * or runs out of time has either happened or not: if its element was already on its way, it ends as
 * if nothing had been the matter, and the interrupt flag stays set.
 *
 * <p>What was done before a push happens-before what follows the pop of its element; and what was
 * done before a close happens-before what follows any end that it has brought about.
 *
 * <p>A closed channel takes no more elements: those who push, or wait to, fail with a {@link
 * ChannelClosedException}. What is in its buffer can still be popped; then those who pop fail
 * likewise. Let a channel be closed by the one who pushes, or once all of them are done; one that
 * {@code PogoScope.channel} has given is closed with its scope at the latest.
 *
 * <p>A task that waits for a channel keeps its permit meanwhile, unlike one that awaits a task: a
 * channel does not know who will push. So the tasks of a pipeline that wait for each other belong
 * into a pool that has room for all of them, or into several. Only where the permit is lent
 * already, from task to task, do those that share it use it in turn while one of them waits for a
 * channel.
 *
 * @param <T> the type of the elements, which are not null
 */
public final class Channel<T> implements Iterable<T> {
    /** What {@link #poll()} gives if the channel is closed and has no elements left. */
    static final Object CLOSED = new Object();

    private static final int FIRST_LENGTH = 16;
    private static final int MAX_LENGTH = 1 << 30;

    private static final Object[] NONE = {};

    /** How a push went that does not wait. */
    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    private final int capacity;

    /** Guards all below, and the lines' places. No other lock is taken under it. */
    private final BriefLock lock = BriefLock.outer();

    /**
     * Threads that wait to pop. While there is one, the buffer is empty, and nobody waits to push
     * but the same waiter: it selects over both ends.
     */
    private final WaitingLine poppers = new WaitingLine(lock);

    /** Threads that wait to push. While there is one, the buffer is full. */
    private final WaitingLine pushers = new WaitingLine(lock);

    /** A ring, whose length is a power of two; grows with the number of elements, as needed. */
    private @Nullable Object[] buffer = NONE;

    /** Place of the oldest element in {@link #buffer}. */
    private int head;

    /** How many elements there are in {@link #buffer}. */
    private int size;

    private boolean closed;

    private Channel(int capacity) {
        this.capacity = capacity;
    }

    /**
     * A channel without a buffer: each push waits for its pop, and each pop for its push.
     *
     * @param <T> the type of the elements
     * @return a new channel
     */
    public static <T> Channel<T> rendezvous() {
        return new Channel<>(0);
    }

    /**
     * A channel with a buffer. It takes memory for the elements that are in it, not for those that
     * could be.
     *
     * @param capacity how many elements it holds for nobody yet, at least 1
     * @param <T> the type of the elements
     * @return a new channel
     * @throws IllegalArgumentException if the capacity is less than 1
     */
    public static <T> Channel<T> buffered(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "capacity must be at least 1, but is "
                            + capacity
                            + "; a channel without a buffer is Channel.rendezvous()");
        }
        return new Channel<>(capacity);
    }

    /**
     * Pushes an element; waits while there is no room for it. The wait ends by a pop, by {@link
     * #close()} or by an interrupt.
     *
     * @param element the element
     * @throws ChannelClosedException if the channel is closed, or is being closed before the
     *     element was taken
     * @throws InterruptedException if the thread is interrupted, before or while it waits; the
     *     element was not taken
     */
    public void push(T element) throws InterruptedException {
        push(element, false, Timeout.FOREVER);
    }

    /**
     * Pushes an element if there is room for it now, or somebody waits for it.
     *
     * @param element the element
     * @return whether it was taken
     * @throws ChannelClosedException if the channel is closed
     */
    public boolean tryPush(T element) {
        Objects.requireNonNull(element, "element");
        StackProbe.ensureRoom();
        return offered(offer(element));
    }

    /**
     * Pushes an element; waits for room for as long as the timeout.
     *
     * @param element the element
     * @param timeout how long to wait; zero: takes the room that is there now
     * @return whether it was taken
     * @throws IllegalArgumentException if the timeout is negative
     * @throws ChannelClosedException as {@link #push}
     * @throws InterruptedException as {@link #push}
     */
    public boolean tryPush(T element, Duration timeout) throws InterruptedException {
        return push(element, true, Timeout.nanos(timeout, "timeout"));
    }

    private boolean push(T element, boolean timed, long nanos) throws InterruptedException {
        Objects.requireNonNull(element, "element");
        StackProbe.ensureRoom();
        ensureNotInterrupted();
        Object went = offer(element, nanos != 0);
        if (went instanceof Waiter mine) {
            if (!pushers.await(mine, timed, timed ? System.nanoTime() + nanos : 0)) {
                return false;
            }
            went = mine.element == CLOSED ? Offer.CLOSED : Offer.TAKEN;
        }
        return offered((Offer) went);
    }

    private boolean offered(Offer offer) {
        if (offer == Offer.CLOSED) {
            throw closedForPush();
        }
        return offer == Offer.TAKEN;
    }

    /**
     * Pops the oldest element; waits while there is none. The wait ends by a push, by {@link
     * #close()} or by an interrupt.
     *
     * @return the element
     * @throws ChannelClosedException if the channel is closed and has no elements left
     * @throws InterruptedException if the thread is interrupted, before or while it waits; no
     *     element was taken
     */
    public T pop() throws InterruptedException {
        return Objects.requireNonNull(polled(poll(false, Timeout.FOREVER)));
    }

    /**
     * Pops the oldest element, if there is one now or somebody waits to push one.
     *
     * @return the element, or empty
     * @throws ChannelClosedException if the channel is closed and has no elements left
     */
    public Optional<T> tryPop() {
        StackProbe.ensureRoom();
        return Optional.ofNullable(polled(poll()));
    }

    /**
     * Pops the oldest element; waits for one for as long as the timeout.
     *
     * @param timeout how long to wait; zero: takes one that is there now
     * @return the element, or empty
     * @throws IllegalArgumentException if the timeout is negative
     * @throws ChannelClosedException as {@link #pop}
     * @throws InterruptedException as {@link #pop}
     */
    public Optional<T> tryPop(Duration timeout) throws InterruptedException {
        return Optional.ofNullable(polled(poll(true, Timeout.nanos(timeout, "timeout"))));
    }

    /** Like {@link #poll()}, but waits; null if time ran out. */
    private @Nullable Object poll(boolean timed, long nanos) throws InterruptedException {
        StackProbe.ensureRoom();
        ensureNotInterrupted();
        Object polled = poll(nanos != 0);
        if (polled instanceof Waiter mine) {
            return poppers.await(mine, timed, timed ? System.nanoTime() + nanos : 0)
                    ? mine.element
                    : null;
        }
        return polled;
    }

    @SuppressWarnings("unchecked") // what comes out went in by a push of a T
    private @Nullable T polled(@Nullable Object polled) {
        if (polled == CLOSED) {
            throw closedForPop();
        }
        return (T) polled;
    }

    /** Before anything has happened, so that a loop of pushes or pops that never wait ends too. */
    private static void ensureNotInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /**
     * Pops elements until the channel is closed and has none left; waits for each. Several
     * iterations share the elements among them, like any threads that pop.
     *
     * <p>An element is popped by {@code hasNext()}, so whoever asks that should also call {@code
     * next()}. If the thread is interrupted, both throw a {@link CancellationException} and leave
     * the interrupt flag set, since an end would look like that of the channel.
     *
     * @return an iterator for one thread; it cannot remove
     */
    @Override
    public Iterator<T> iterator() {
        return new Elements();
    }

    private final class Elements implements Iterator<T> {
        /** Popped and not given yet. */
        private @Nullable Object next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = popped();
            }
            return next != CLOSED;
        }

        private @Nullable Object popped() {
            try {
                return poll(false, Timeout.FOREVER);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                CancellationException cancelled =
                        new CancellationException("interrupted in an iteration over a channel");
                cancelled.initCause(e);
                throw cancelled;
            }
        }

        @Override
        @SuppressWarnings("unchecked") // what comes out went in by a push of a T
        public T next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException("the channel is closed and has no elements left");
            }
            Object element = next;
            next = null;
            return (T) element;
        }
    }

    /**
     * Closes the channel: it takes no more elements, and those who wait are woken. Closing again
     * does nothing.
     */
    public void close() {
        StackProbe.ensureRoom();
        lock.lock();
        closed = true; // so that nobody lines up any more
        lock.unlock();
        poppers.chooseAll(CLOSED);
        pushers.chooseAll(CLOSED);
    }

    /**
     * How many elements it holds for nobody yet.
     *
     * @return the capacity, 0 for a rendezvous
     */
    public int capacity() {
        return capacity;
    }

    /**
     * How many elements are in the buffer, at this moment.
     *
     * @return the number, from 0 to {@link #capacity()}
     */
    public int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether it takes no more elements; there may be some left to be popped.
     *
     * @return true from the call of {@link #close()} on, for good
     */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** An element if it can be had now, {@link #CLOSED}, or null. */
    @Nullable Object poll() {
        return poll(false);
    }

    /**
     * Likewise.
     *
     * @param wait if there is none, lines up a new waiter of the calling thread, and gives that
     */
    private @Nullable Object poll(boolean wait) {
        Object element;
        Place pusher;
        lock.lock();
        try {
            if (size > 0) {
                element = removeOldest();
                pusher = refill();
            } else if (closed) {
                return CLOSED;
            } else {
                pusher = pushers.choose(null);
                if (pusher == null) {
                    return wait ? lineUp(poppers, null) : null;
                }
                element = pusher.element;
            }
        } finally {
            lock.unlock();
        }
        if (pusher != null) {
            pusher.waiter.wake();
        }
        return element;
    }

    /** Pushes an element if that can be done now. */
    Offer offer(Object element) {
        return (Offer) offer(element, false);
    }

    /**
     * Likewise.
     *
     * @param wait if it is full, lines up a new waiter of the calling thread, and gives that
     */
    private Object offer(Object element, boolean wait) {
        Place popper;
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            popper = size == 0 ? poppers.choose(element) : null;
            if (popper == null) {
                if (size == capacity) {
                    return wait ? lineUp(pushers, element) : Offer.FULL;
                }
                addYoungest(element);
                return Offer.TAKEN;
            }
        } finally {
            lock.unlock();
        }
        popper.waiter.wake();
        return Offer.TAKEN;
    }

    /**
     * Lines a place up for an element. If one can be had now, or never more, its waiter is chosen
     * for it at once, unless that is decided already.
     */
    void enlistPopper(Place mine) {
        Place pusher = null;
        lock.lock();
        try {
            if (size > 0) {
                if (mine.waiter.choose(mine)) {
                    mine.element = removeOldest();
                    pusher = refill();
                }
            } else if (closed) {
                if (mine.waiter.choose(mine)) {
                    mine.element = CLOSED;
                }
            } else {
                // If it leads those who pop already, nobody else waits to push.
                if (!poppers.isLedBy(mine.waiter)) {
                    pusher = pushers.chooseWith(mine, null);
                }
                if (pusher != null) {
                    mine.element = pusher.element;
                } else if (!mine.waiter.isDecided()) {
                    poppers.add(mine);
                }
            }
        } finally {
            lock.unlock();
        }
        if (pusher != null) {
            pusher.waiter.wake();
        }
    }

    /** Likewise lines a place up for its element to be taken. */
    void enlistPusher(Place mine) {
        Object element = Objects.requireNonNull(mine.element);
        Place popper = null;
        lock.lock();
        try {
            if (closed) {
                if (mine.waiter.choose(mine)) {
                    mine.element = CLOSED;
                }
                return;
            }
            if (size == 0 && !pushers.isLedBy(mine.waiter)) {
                popper = poppers.chooseWith(mine, element);
            }
            if (popper == null && !mine.waiter.isDecided()) {
                if (size == capacity) {
                    pushers.add(mine);
                } else {
                    ensureLength();
                    if (mine.waiter.choose(mine)) {
                        addYoungest(element);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        if (popper != null) {
            popper.waiter.wake();
        }
    }

    /** Made under the lock, for only there it is known that it has to wait. */
    private static Waiter lineUp(WaitingLine line, @Nullable Object element) {
        Waiter waiter = new Waiter();
        waiter.element = element;
        line.add(waiter);
        return waiter;
    }

    /** Takes a place out of its line, if it still stands there. */
    void forget(Place place) {
        poppers.forget(place);
    }

    /** Lets the element of the first who waits to push take the room that has come free. */
    private @Nullable Place refill() {
        Place pusher = pushers.choose(null);
        if (pusher != null) {
            addYoungest(Objects.requireNonNull(pusher.element));
        }
        return pusher;
    }

    private Object removeOldest() {
        Object oldest = Objects.requireNonNull(buffer[head]);
        buffer[head] = null;
        head = (head + 1) & (buffer.length - 1);
        size--;
        return oldest;
    }

    private void addYoungest(Object element) {
        ensureLength();
        buffer[(head + size) & (buffer.length - 1)] = element;
        size++;
    }

    /** Makes the ring long enough for one more; apart, for it is what may fail. */
    private void ensureLength() {
        if (size < buffer.length) {
            return;
        }
        if (size == MAX_LENGTH) {
            throw new OutOfMemoryError("no array is longer than the channel's " + size);
        }
        @Nullable Object[] longer = new Object[Math.max(FIRST_LENGTH, 2 * size)];
        int untilEnd = size - head;
        System.arraycopy(buffer, head, longer, 0, untilEnd);
        System.arraycopy(buffer, 0, longer, untilEnd, head);
        buffer = longer;
        head = 0;
    }

    ChannelClosedException closedForPush() {
        return new ChannelClosedException("nothing can be pushed any more: " + this);
    }

    ChannelClosedException closedForPop() {
        return new ChannelClosedException("nothing is left to be popped: " + this);
    }

    @Override
    public String toString() {
        int elements;
        int push;
        int pop;
        boolean ended;
        lock.lock();
        try {
            elements = size;
            push = pushers.size();
            pop = poppers.size();
            ended = closed;
        } finally {
            lock.unlock();
        }
        return "Channel[%d of %d elements, %d wait to push, %d to pop%s]"
                .formatted(elements, capacity, push, pop, ended ? ", closed" : "");
    }
}
