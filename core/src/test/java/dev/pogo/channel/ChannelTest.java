package dev.pogo.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;

import dev.pogo.Messages;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

class ChannelTest {
    private static Channel<Integer> channel(int capacity) {
        return capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity);
    }

    private static void assertNobodyWaits(Channel<?> channel) {
        String shown = channel.toString();
        assertTrue(shown.contains(", 0 wait to push, 0 to pop"), shown);
    }

    @Test
    void buffered_randomUse_isAFifoOfItsCapacity() {
        SplittableRandom random = new SplittableRandom(7);
        for (int capacity = 1; capacity < 100; capacity++) {
            Channel<Integer> channel = Channel.buffered(capacity);
            Queue<Integer> model = new ArrayDeque<>();
            for (int i = 0; i < 1_000; i++) {
                if (random.nextInt(100) < 55) {
                    boolean fits = model.size() < capacity && model.add(i);
                    assertEquals(fits, channel.tryPush(i));
                } else {
                    assertEquals(Optional.ofNullable(model.poll()), channel.tryPop());
                }
                assertEquals(model.size(), channel.size());
            }
        }
    }

    /** Their full buffers would take 40 GB. */
    @Test
    void buffered_manyLargeOnes_takeNoMemoryUntilUsed() {
        List<Channel<Integer>> channels = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Channel<Integer> channel = Channel.buffered(1_000_000);
            assertTrue(channel.tryPush(i));
            channels.add(channel);
        }
        assertEquals(Optional.of(9_999), channels.get(9_999).tryPop());
    }

    @Test
    void buffered_aMillionElements_comeOutInOrder() throws InterruptedException {
        Channel<Integer> channel = Channel.buffered(1_000_000);
        for (int i = 0; i < 1_000_000; i++) {
            channel.push(i);
        }
        assertFalse(channel.tryPush(-1));
        for (int i = 0; i < 1_000_000; i++) {
            assertEquals(i, channel.pop());
        }
        assertEquals(0, channel.size());
    }

    @Test
    void capacity_lessThanOne_isRefused() {
        for (int capacity : new int[] {0, -1, Integer.MIN_VALUE}) {
            Messages.assertContains(
                    "but is " + capacity + ";",
                    assertThrows(IllegalArgumentException.class, () -> Channel.buffered(capacity)));
        }
        assertEquals(0, Channel.rendezvous().capacity());
        assertEquals(3, Channel.buffered(3).capacity());
    }

    @Test
    void tryPushAndTryPop_rendezvous_onlyWithSomebodyWaiting() throws Exception {
        Channel<Integer> channel = Channel.rendezvous();
        assertFalse(channel.tryPush(1));
        assertEquals(Optional.empty(), channel.tryPop());
        Forked<Integer> popper = Forked.parked(channel::pop);
        assertTrue(channel.tryPush(2));
        assertEquals(2, popper.get());
        Forked<Boolean> pusher = Forked.parked(() -> channel.tryPush(3, ofSeconds(60)));
        assertEquals(Optional.of(3), channel.tryPop());
        assertTrue(pusher.get());
        assertNobodyWaits(channel);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void push_full_waitsItsTurn(int capacity) throws Exception {
        Channel<Integer> channel = channel(capacity);
        for (int i = 0; i < capacity; i++) {
            channel.push(i);
        }
        List<Forked<Boolean>> pushers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int element = capacity + i;
            pushers.add(
                    Forked.parked(() -> {
                        channel.push(element);
                        return true;
                    }));
        }
        assertEquals(capacity, channel.size());
        assertFalse(channel.tryPush(-1));
        for (int i = 0; i < 3; i++) {
            assertEquals(i, channel.pop());
            assertTrue(pushers.get(i).get());
            assertTrue(channel.toString().contains(", " + (2 - i) + " wait to push"));
        }
        for (int i = 0; i < capacity; i++) {
            assertEquals(3 + i, channel.pop());
        }
        assertEquals(Optional.empty(), channel.tryPop());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void pop_empty_waitsItsTurn(int capacity) throws Exception {
        Channel<Integer> channel = channel(capacity);
        List<Forked<Integer>> poppers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            poppers.add(Forked.parked(channel::pop));
        }
        for (int i = 0; i < 3; i++) {
            channel.push(i);
            assertEquals(i, poppers.get(i).get());
        }
        assertEquals(0, channel.size());
        assertNobodyWaits(channel);
    }

    @Test
    void timeout_zero_takesWhatIsThere() throws InterruptedException {
        Channel<Integer> channel = Channel.buffered(1);
        assertEquals(Optional.empty(), channel.tryPop(ZERO));
        assertTrue(channel.tryPush(1, ZERO));
        assertFalse(channel.tryPush(2, ZERO));
        assertEquals(Optional.of(1), channel.tryPop(ZERO));
    }

    @Test
    void timeout_negative_isRefused() {
        Channel<Integer> channel = Channel.buffered(1);
        channel.tryPush(1);
        assertThrows(IllegalArgumentException.class, () -> channel.tryPop(ofNanos(-1)));
        assertThrows(IllegalArgumentException.class, () -> channel.tryPush(2, ofNanos(-1)));
        assertEquals(1, channel.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void timeout_passes_nothingHasHappened(int capacity) throws InterruptedException {
        Channel<Integer> channel = channel(capacity);
        assertEquals(Optional.empty(), channel.tryPop(ofMillis(1)));
        for (int i = 0; i < capacity; i++) {
            channel.push(i);
        }
        assertFalse(channel.tryPush(-1, ofMillis(1)));
        assertNobodyWaits(channel);
        assertEquals(capacity, channel.size());
    }

    @Test
    void timeout_elementComesBefore_isTaken() throws Exception {
        Channel<Integer> channel = Channel.rendezvous();
        Forked<Optional<Integer>> popper = Forked.parked(() -> channel.tryPop(ofSeconds(60)));
        channel.push(1);
        assertEquals(Optional.of(1), popper.get());
        assertNobodyWaits(channel);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void interrupt_waiting_nothingHasHappened(int capacity) throws InterruptedException {
        Channel<Integer> channel = channel(capacity);
        Forked<Integer> popper = Forked.parked(channel::pop);
        popper.interrupt();
        popper.assertFailed(InterruptedException.class);
        assertFalse(popper.wasInterruptedAtEnd());
        assertNobodyWaits(channel);
        for (int i = 0; i < capacity; i++) {
            channel.push(i);
        }
        Forked<Boolean> pusher = Forked.parked(() -> channel.tryPush(-1, ofSeconds(60)));
        pusher.interrupt();
        pusher.assertFailed(InterruptedException.class);
        assertNobodyWaits(channel);
        assertEquals(capacity, channel.size());
    }

    @Test
    void interrupt_before_nothingHappensAlthoughItCould() throws InterruptedException {
        Channel<Integer> channel = Channel.buffered(2);
        channel.push(1);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> channel.push(2));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, channel::pop);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> channel.tryPop(ZERO));
        assertEquals(1, channel.size());
        Thread.currentThread().interrupt();
        assertTrue(channel.tryPush(2));
        assertEquals(Optional.of(1), channel.tryPop());
        assertTrue(Thread.interrupted());
    }

    @Test
    void interrupt_middleOfALine_theOthersAreServed() throws Exception {
        Channel<Integer> channel = Channel.rendezvous();
        Forked<Integer> first = Forked.parked(channel::pop);
        Forked<Integer> second = Forked.parked(channel::pop);
        Forked<Integer> third = Forked.parked(channel::pop);
        second.interrupt();
        second.assertFailed(InterruptedException.class);
        channel.push(1);
        channel.push(3);
        assertEquals(1, first.get());
        assertEquals(3, third.get());
    }

    @Test
    void close_elementsLeft_areDrainedFirst() throws InterruptedException {
        Channel<Integer> channel = Channel.buffered(2);
        channel.push(1);
        channel.push(2);
        assertFalse(channel.isClosed());
        channel.close();
        channel.close();
        assertTrue(channel.isClosed());
        assertThrows(ChannelClosedException.class, () -> channel.push(3));
        assertThrows(ChannelClosedException.class, () -> channel.tryPush(3));
        assertThrows(ChannelClosedException.class, () -> channel.tryPush(3, ofSeconds(1)));
        assertEquals(1, channel.pop());
        assertEquals(Optional.of(2), channel.tryPop());
        assertThrows(ChannelClosedException.class, channel::pop);
        assertThrows(ChannelClosedException.class, channel::tryPop);
        Messages.assertContains(
                "channel is closed and empty: Channel[0 of 2 elements, 0 wait to push, 0 to pop,"
                        + " closed]",
                assertThrows(ChannelClosedException.class, () -> channel.tryPop(ofSeconds(1))));
    }

    @Test
    void close_poppersWait_theyFail() {
        Channel<Integer> channel = Channel.buffered(1);
        List<Forked<Optional<Integer>>> poppers =
                IntStream.range(0, 200)
                        .mapToObj(i -> Forked.parked(() -> channel.tryPop(ofSeconds(60))))
                        .toList();
        channel.close();
        poppers.forEach(popper -> popper.assertFailed(ChannelClosedException.class));
        assertNobodyWaits(channel);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void close_pushersWait_theyFailAndTheirElementsAreNotTaken(int capacity)
            throws InterruptedException {
        Channel<Integer> channel = channel(capacity);
        for (int i = 0; i < capacity; i++) {
            channel.push(i);
        }
        List<Forked<Boolean>> pushers =
                IntStream.range(0, 200)
                        .mapToObj(i -> Forked.parked(() -> channel.tryPush(-1, ofSeconds(60))))
                        .toList();
        channel.close();
        pushers.forEach(pusher -> pusher.assertFailed(ChannelClosedException.class));
        assertNobodyWaits(channel);
        for (int i = 0; i < capacity; i++) {
            assertEquals(i, channel.pop());
        }
        assertThrows(ChannelClosedException.class, channel::pop);
    }

    @Test
    void iteration_untilClosed_givesAll() throws Exception {
        Channel<Integer> channel = Channel.buffered(2);
        Forked<List<Integer>> reader =
                Forked.parked(() -> {
                    List<Integer> all = new ArrayList<>();
                    for (int element : channel) {
                        all.add(element);
                    }
                    return all;
                });
        for (int i = 0; i < 10; i++) {
            channel.push(i);
        }
        channel.close();
        assertEquals(IntStream.range(0, 10).boxed().toList(), reader.get());
    }

    @Test
    void iterator_askedTwice_losesNothing() throws InterruptedException {
        Channel<Integer> channel = Channel.buffered(2);
        channel.push(1);
        channel.push(2);
        channel.close();
        Iterator<Integer> elements = channel.iterator();
        assertTrue(elements.hasNext());
        assertTrue(elements.hasNext());
        assertEquals(1, elements.next());
        assertEquals(2, elements.next());
        assertFalse(elements.hasNext());
        assertThrows(NoSuchElementException.class, elements::next);
    }

    @Test
    void iteration_interrupted_isCancelledAndKeepsTheFlag() {
        Channel<Integer> channel = Channel.buffered(2);
        Forked<Integer> reader = Forked.parked(() -> channel.iterator().next());
        reader.interrupt();
        reader.assertFailed(CancellationException.class);
        assertTrue(reader.wasInterruptedAtEnd());
        assertNobodyWaits(channel);
    }

    @Test
    void platformThreads_manyElements_areHandedOn() throws Exception {
        Channel<Integer> channel = Channel.rendezvous();
        Thread pusher =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                for (int i = 0; i < 1_000; i++) {
                                    channel.push(i);
                                }
                            } catch (InterruptedException e) {
                                channel.close();
                            }
                        });
        for (int i = 0; i < 1_000; i++) {
            assertEquals(i, channel.pop());
        }
        assertTrue(pusher.join(ofSeconds(20)));
    }
}
