package dev.pogo.channel;

import dev.pogo.util.Nanos;
import dev.pogo.util.SpinLock;
import dev.pogo.util.StackProbe;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Passes elements from threads that push them to threads that pop them: with a bounded buffer, or
 * as a rendezvous, where a push ends when its element has been popped.
 *
 * {@snippet file="dev/pogo/channel/ChannelExampleTest.java" region="channel"}
 *
 * <p>Elements are popped in the order in which they were pushed. Threads that wait to push, and
 * threads that wait to pop, are served in the order of their arrival. A push or a pop that is
 * interrupted or times out has either happened or not: if its element was already being handed
 * over, it completes normally, and the interrupt status stays set.
 *
 * <p>Actions before a push happen-before actions that follow the pop of its element; and actions
 * before a close happen-before actions that follow any operation that the close has ended.
 *
 * <p>A closed channel accepts no more elements: threads that push, or wait to, fail with a {@link
 * ChannelClosedException}. Elements in its buffer can still be popped; after that, threads that pop
 * fail likewise. A channel should be closed by the thread that pushes, or, if there are several,
 * once all of them are done; a channel returned by {@code PogoScope.channel} is closed with its
 * scope at the latest.
 *
 * <p>A task that waits for a channel keeps its permit meanwhile, unlike one that awaits a task: a
 * channel does not know which thread will push. So the tasks of a pipeline that wait for each other
 * belong in a pool that has room for all of them, or in several pools. Only if the permit is
 * already lent, from task to task, do the tasks that share it use it in turn while one of them
 * waits for a channel.
 *
 * @param <T> the type of the elements, which are not null
 */
public final class Channel<T> implements Iterable<T> {
    /** Returned by {@link #poll()} if the channel is closed and has no elements left. */
    static final Object CLOSED = new Object();

    private static final int FIRST_LENGTH = 16;
    private static final int MAX_LENGTH = 1 << 30;

    private static final Object[] NONE = {};

    /** Result of a push that does not wait. */
    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    private final int capacity;

    /** Guards all fields below and the nodes of the lines. No other lock is taken under it. */
    private final SpinLock lock = SpinLock.outer();

    /**
     * Threads that wait to pop. While there is one, the buffer is empty, and no thread waits to
     * push except the same waiter, which then selects over both ends.
     */
    private final WaitingLine poppers = new WaitingLine(lock);

    /** Threads that wait to push. While there is one, the buffer is full. */
    private final WaitingLine pushers = new WaitingLine(lock);

    /** Ring buffer whose length is a power of two; grows with the number of elements as needed. */
    private @Nullable Object[] buffer = NONE;

    /** Index of the oldest element in {@link #buffer}. */
    private int head;

    /** Number of elements in {@link #buffer}. */
    private int size;

    private boolean closed;

    private Channel(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Creates a channel without a buffer: each push waits for its pop, and each pop for its push.
     *
     * @param <T> the type of the elements
     * @return a new channel
     */
    public static <T> Channel<T> rendezvous() {
        return new Channel<>(0);
    }

    /**
     * Creates a channel with a buffer. It uses memory for the elements that are in it, not for its
     * whole capacity.
     *
     * @param capacity how many elements it holds until they are popped, at least 1
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
     * Pushes an element, waiting while there is no room for it. The wait is ended by a pop, by
     * {@link #close()} or by an interrupt.
     *
     * @param element the element
     * @throws ChannelClosedException if the channel is closed, or is closed before the element was
     *     taken
     * @throws InterruptedException if the thread is interrupted, before or while it waits; the
     *     element was not taken
     */
    public void push(T element) throws InterruptedException {
        push(element, false, Nanos.FOREVER);
    }

    /**
     * Pushes an element if there is room for it now, or a thread waits for it.
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
     * Pushes an element, waiting for room for up to the timeout.
     *
     * @param element the element
     * @param timeout how long to wait; zero uses only room that is available now
     * @return whether it was taken
     * @throws IllegalArgumentException if the timeout is negative
     * @throws ChannelClosedException as {@link #push}
     * @throws InterruptedException as {@link #push}
     */
    public boolean tryPush(T element, Duration timeout) throws InterruptedException {
        return push(element, true, Nanos.of(timeout, "timeout"));
    }

    private boolean push(T element, boolean timed, long nanos) throws InterruptedException {
        Objects.requireNonNull(element, "element");
        StackProbe.ensureRoom();
        ensureNotInterrupted();
        Object went = offer(element, nanos != 0);
        if (went instanceof ThreadWait mine) {
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
     * Pops the oldest element, waiting while there is none. The wait is ended by a push, by {@link
     * #close()} or by an interrupt.
     *
     * @return the element
     * @throws ChannelClosedException if the channel is closed and has no elements left
     * @throws InterruptedException if the thread is interrupted, before or while it waits; no
     *     element was taken
     */
    public T pop() throws InterruptedException {
        return Objects.requireNonNull(polled(poll(false, Nanos.FOREVER)));
    }

    /**
     * Pops the oldest element if there is one now, or a thread waits to push one.
     *
     * @return the element, or empty
     * @throws ChannelClosedException if the channel is closed and has no elements left
     */
    public Optional<T> tryPop() {
        StackProbe.ensureRoom();
        return Optional.ofNullable(polled(poll()));
    }

    /**
     * Pops the oldest element, waiting for one for up to the timeout.
     *
     * @param timeout how long to wait; zero takes only an element that is available now
     * @return the element, or empty
     * @throws IllegalArgumentException if the timeout is negative
     * @throws ChannelClosedException as {@link #pop}
     * @throws InterruptedException as {@link #pop}
     */
    public Optional<T> tryPop(Duration timeout) throws InterruptedException {
        return Optional.ofNullable(polled(poll(true, Nanos.of(timeout, "timeout"))));
    }

    /** Like {@link #poll()}, but waits; returns null if time runs out. */
    private @Nullable Object poll(boolean timed, long nanos) throws InterruptedException {
        StackProbe.ensureRoom();
        ensureNotInterrupted();
        Object polled = poll(nanos != 0);
        if (polled instanceof ThreadWait mine) {
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

    /** Called first, so that an interrupt also ends a loop of pushes or pops that never wait. */
    private static void ensureNotInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /**
     * Returns an iterator that pops elements until the channel is closed and has none left, waiting
     * for each. Several iterators share the elements among them, like any threads that pop.
     *
     * <p>An element is popped by {@code hasNext()}, so a caller of that should also call {@code
     * next()}. If the thread is interrupted, both throw a {@link CancellationException} and leave
     * the interrupt status set, since ending the iteration would look like the end of the channel.
     *
     * @return an iterator for one thread; it does not support removal
     */
    @Override
    public Iterator<T> iterator() {
        return new Elements();
    }

    private final class Elements implements Iterator<T> {
        /** Element that was popped and not returned yet. */
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
                return poll(false, Nanos.FOREVER);
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
     * Closes the channel: it accepts no more elements, and waiting threads are woken. Closing again
     * has no effect.
     */
    public void close() {
        StackProbe.ensureRoom();
        lock.lock();
        closed = true; // so that no more threads line up
        lock.unlock();
        poppers.chooseAll(CLOSED);
        pushers.chooseAll(CLOSED);
    }

    /**
     * Returns how many elements the channel holds until they are popped.
     *
     * @return the capacity, 0 for a rendezvous
     */
    public int capacity() {
        return capacity;
    }

    /**
     * Returns the number of elements currently in the buffer.
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
     * Returns whether the channel accepts no more elements; there may be some left to pop.
     *
     * @return true from the call of {@link #close()} on, permanently
     */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Pops an element without waiting; returns it, {@link #CLOSED}, or null if there is none. */
    @Nullable Object poll() {
        return poll(false);
    }

    /**
     * Like {@link #poll()}, but may line up a waiter.
     *
     * @param wait if there is no element, lines up and returns a new waiter of the calling thread
     */
    private @Nullable Object poll(boolean wait) {
        Object element;
        LineNode pusher;
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

    /** Pushes an element if that is possible now. */
    Offer offer(Object element) {
        return (Offer) offer(element, false);
    }

    /**
     * Like {@link #offer(Object)}, but may line up a waiter.
     *
     * @param wait if the channel is full, lines up and returns a new waiter of the calling thread
     */
    private Object offer(Object element, boolean wait) {
        LineNode popper;
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
     * Lines up a node for an element. If one is available now, or never will be again, the node's
     * waiter is chosen for it at once, unless the waiter is already decided.
     */
    void enlistPopper(LineNode mine) {
        LineNode pusher = null;
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
                // If the waiter already leads the poppers, no other thread waits to push.
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

    /** Lines up a node for its element to be taken, like {@link #enlistPopper}. */
    void enlistPusher(LineNode mine) {
        Object element = Objects.requireNonNull(mine.element);
        LineNode popper = null;
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

    /** Must be called with the lock held: only then is it known that the thread has to wait. */
    private static ThreadWait lineUp(WaitingLine line, @Nullable Object element) {
        ThreadWait waiter = new ThreadWait();
        waiter.element = element;
        line.add(waiter);
        return waiter;
    }

    /** Removes a node from its line, if it is still there. */
    void forget(LineNode place) {
        poppers.forget(place);
    }

    /** Moves the element of the first waiting pusher into the room that has become free. */
    private @Nullable LineNode refill() {
        LineNode pusher = pushers.choose(null);
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

    /** Makes the ring long enough for one more element; separate because this step may fail. */
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
        return new ChannelClosedException("channel is closed for pushing: " + this);
    }

    ChannelClosedException closedForPop() {
        return new ChannelClosedException("channel is closed and empty: " + this);
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
