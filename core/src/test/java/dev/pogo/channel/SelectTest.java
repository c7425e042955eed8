package dev.pogo.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

class SelectTest {
    private final Channel<Integer> first = Channel.rendezvous();
    private final Channel<Integer> second = Channel.rendezvous();
    private final Channel<Integer> buffered = Channel.buffered(1);

    private static void assertNobodyWaits(Channel<?>... channels) {
        for (Channel<?> channel : channels) {
            String shown = channel.toString();
            assertTrue(shown.contains(", 0 wait to push, 0 to pop"), shown);
        }
    }

    private static void assertChosen(
            String key, Object value, Optional<? extends Selected<?>> selected) {
        assertEquals(key, selected.orElseThrow().key());
        assertEquals(value, selected.orElseThrow().value());
    }

    @Test
    void from_elementThere_isPoppedAndOthersAreLeftAlone() throws InterruptedException {
        Channel<Integer> full = Channel.buffered(1);
        full.push(7);
        assertChosen(
                "full",
                7,
                Select.from("empty", buffered)
                        .from("full", full)
                        .to("nobody", first, 1)
                        .timeout(ZERO));
        assertEquals(0, full.size());
        assertNobodyWaits(first, buffered, full);
    }

    @Test
    void to_roomThere_isPushed() throws InterruptedException {
        assertChosen(
                "room", 5, Select.to("nobody", first, 4).to("room", buffered, 5).timeout(ZERO));
        assertEquals(Optional.of(5), buffered.tryPop());
        assertChosen("room", 6, Optional.of(Select.to("room", buffered, 6).await()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void timeout_nothingReady_isEmptyAndNothingHasHappened(int millis) throws InterruptedException {
        Channel<Integer> full = Channel.buffered(1);
        full.push(7);
        SelectCases<String> cases =
                Select.from("a", first).from("b", buffered).to("c", second, 1).to("d", full, 2);
        assertEquals(Optional.empty(), cases.timeout(ofMillis(millis)));
        assertNobodyWaits(first, second, buffered, full);
        assertEquals(1, full.size());
    }

    @Test
    void timeout_negative_isRefused() {
        SelectCases<String> cases = Select.to("a", buffered, 1);
        assertThrows(IllegalArgumentException.class, () -> cases.timeout(ofNanos(-1)));
        assertEquals(0, buffered.size());
    }

    @Test
    void waiting_elementComes_isTakenAndTheOtherPlacesAreLeft() throws Exception {
        Forked<Optional<Selected<String>>> select =
                Forked.parked(() ->
                        Select.from("a", first)
                                .from("b", buffered)
                                .to("c", second, 1)
                                .timeout(ofSeconds(60)));
        buffered.push(3);
        assertChosen("b", 3, select.get());
        assertNobodyWaits(first, second, buffered);
        assertFalse(first.tryPush(1));
        assertEquals(Optional.empty(), second.tryPop());
    }

    @Test
    void waiting_popperComes_getsTheElement() throws Exception {
        Forked<Selected<String>> select =
                Forked.parked(() -> Select.from("a", first).to("c", second, 1).await());
        assertEquals(1, second.pop());
        assertChosen("c", 1, Optional.of(select.get()));
        assertNobodyWaits(first, second);
    }

    /** Whoever meets a place whose select is over goes on to the next in line. */
    @Test
    void waiting_chosenElsewhere_isPassedOver() throws Exception {
        LineNode stale = new LineNode(new ThreadWait(), 0);
        first.enlistPopper(stale);
        assertTrue(stale.waiter.leave());
        Forked<Integer> popper = Forked.parked(first::pop);
        assertTrue(first.tryPush(1));
        assertEquals(1, popper.get());
        assertFalse(first.tryPush(2));
        assertNobodyWaits(first);

        LineNode gone = new LineNode(new ThreadWait(), 0);
        gone.element = 3;
        first.enlistPusher(gone);
        assertTrue(gone.waiter.leave());
        Forked<Selected<String>> select = Forked.parked(() -> Select.from("a", first).await());
        assertNoElement(gone);
        first.push(4);
        assertChosen("a", 4, Optional.of(select.get()));
        assertNobodyWaits(first);
    }

    private static void assertNoElement(LineNode left) {
        assertEquals(null, left.waiter.chosen());
    }

    @Test
    void sameChannelBothWays_meetsOnlyOthers() throws Exception {
        SelectCases<String> cases = Select.from("pop", first).to("push", first, 1);
        assertEquals(Optional.empty(), cases.timeout(ZERO));
        assertEquals(Optional.empty(), cases.timeout(ofMillis(2)));
        assertNobodyWaits(first);

        Forked<Selected<String>> one = Forked.parked(cases::await);
        assertEquals(1, first.pop());
        assertChosen("push", 1, Optional.of(one.get()));

        Forked<Selected<String>> other = Forked.parked(cases::await);
        first.push(2);
        assertChosen("pop", 2, Optional.of(other.get()));
        assertNobodyWaits(first);
    }

    @Test
    void twoSelects_bothWays_meet() throws Exception {
        Forked<Selected<String>> one =
                Forked.parked(() -> Select.from("pop", first).to("push", first, 1).await());
        Selected<String> other = Select.from("pop", first).to("push", first, 2).await();
        assertEquals("pop".equals(other.key()) ? "push" : "pop", one.get().key());
        assertEquals(other.value(), one.get().value());
        assertNobodyWaits(first);
    }

    @Test
    void sameChannelSeveralTimes_eachKeyHasItsTurn() throws InterruptedException {
        int firstKey = 0;
        for (int i = 0; i < 1_000; i++) {
            buffered.push(i);
            Selected<String> selected =
                    Select.from("one", buffered).from("other", buffered).await();
            assertEquals(i, selected.value());
            firstKey += selected.key().equals("one") ? 1 : 0;
        }
        assertTrue(firstKey > 350 && firstKey < 650, "one: " + firstKey);
    }

    /** Wherever they stand among those that are not. */
    @Test
    void severalReady_eachIsAsLikely() throws InterruptedException {
        SelectCases<Integer> cases = Select.from(0, buffered);
        List<Channel<Integer>> full = new ArrayList<>();
        for (int i = 1; i < 10; i++) {
            Channel<Integer> channel = Channel.buffered(1);
            cases.from(i, channel);
            if (i >= 7) {
                full.add(channel);
            }
        }
        int[] chosen = new int[10];
        for (int i = 0; i < 3_000; i++) {
            full.forEach(channel -> channel.tryPush(1));
            chosen[cases.await().key()]++;
        }
        for (int i = 7; i < 10; i++) {
            int count = chosen[i];
            assertTrue(count > 850 && count < 1_150, "case %d: %d".formatted(i, count));
        }
    }

    @Test
    void closedChannel_isReadyWithItsFailure() throws InterruptedException {
        buffered.push(1);
        buffered.close();
        SelectCases<String> cases = Select.from("open", first).from("closed", buffered);
        assertChosen("closed", 1, cases.timeout(ZERO));
        Selected<String> failed = cases.timeout(ofSeconds(60)).orElseThrow();
        assertEquals("closed", failed.key());
        assertThrows(ChannelClosedException.class, failed::value);
        Selected<String> push = Select.to("push", buffered, 2).await();
        assertEquals("push", push.key());
        assertThrows(ChannelClosedException.class, push::value);
    }

    @Test
    void waiting_channelIsClosed_isToldWhich() throws Exception {
        Forked<Selected<String>> popper =
                Forked.parked(() -> Select.from("a", first).from("b", second).await());
        second.close();
        assertEquals("b", popper.get().key());
        assertThrows(ChannelClosedException.class, popper.get()::value);
        Forked<Selected<String>> pusher =
                Forked.parked(() -> Select.to("a", first, 1).from("b", buffered).await());
        first.close();
        assertEquals("a", pusher.get().key());
        assertThrows(ChannelClosedException.class, pusher.get()::value);
        assertNobodyWaits(first, second, buffered);
    }

    /** What comes between the look and the enlisting is found by the latter. */
    @Test
    void enlist_readyMeanwhile_isChosenAtOnce() throws InterruptedException {
        buffered.push(1);
        LineNode pop = new LineNode(new ThreadWait(), 0);
        buffered.enlistPopper(pop);
        assertEquals(pop, pop.waiter.chosen());
        assertEquals(1, pop.element);

        LineNode push = new LineNode(new ThreadWait(), 0);
        push.element = 2;
        buffered.enlistPusher(push);
        assertEquals(push, push.waiter.chosen());
        assertEquals(1, buffered.size());

        buffered.close();
        LineNode late = new LineNode(new ThreadWait(), 0);
        late.element = 3;
        buffered.enlistPusher(late);
        assertEquals(Channel.CLOSED, late.element);
        assertEquals(2, buffered.pop());
        LineNode closed = new LineNode(new ThreadWait(), 0);
        buffered.enlistPopper(closed);
        assertEquals(Channel.CLOSED, closed.element);
    }

    /** A select that has been chosen in one channel takes nothing from the next. */
    @Test
    void enlist_decidedAlready_nothingHappens() throws InterruptedException {
        ThreadWait waiter = new ThreadWait();
        assertTrue(waiter.choose(new LineNode(waiter, 0)));
        buffered.push(1);
        buffered.enlistPopper(new LineNode(waiter, 1));
        assertEquals(1, buffered.size());
        buffered.pop();
        LineNode push = new LineNode(waiter, 2);
        push.element = 2;
        buffered.enlistPusher(push);
        assertEquals(0, buffered.size());
        first.enlistPopper(new LineNode(waiter, 3));
        second.enlistPusher(push);
        assertNobodyWaits(first, second, buffered);
    }

    @Test
    void enlist_anotherSelectStandsAtBothEnds_meetsIt() {
        for (boolean pops : new boolean[] {true, false}) {
            ThreadWait other = new ThreadWait();
            LineNode otherPush = new LineNode(other, 0);
            otherPush.element = 1;
            LineNode otherPop = new LineNode(other, 1);
            first.enlistPopper(otherPop);
            first.enlistPusher(otherPush);
            LineNode mine = new LineNode(new ThreadWait(), 0);
            if (pops) {
                first.enlistPopper(mine);
                assertEquals(otherPush, other.chosen());
            } else {
                mine.element = 2;
                first.enlistPusher(mine);
                assertEquals(otherPop, other.chosen());
            }
            assertEquals(mine, mine.waiter.chosen());
            first.forget(otherPush);
            first.forget(otherPop);
        }
        assertNobodyWaits(first);
    }

    @Test
    void enlist_pusherWaits_meetsIt() throws Exception {
        Forked<Boolean> pusher = Forked.parked(() -> first.tryPush(1, ofSeconds(60)));
        LineNode pop = new LineNode(new ThreadWait(), 0);
        first.enlistPopper(pop);
        assertEquals(1, pop.element);
        assertTrue(pusher.get());
        Forked<Integer> popper = Forked.parked(first::pop);
        LineNode push = new LineNode(new ThreadWait(), 0);
        push.element = 2;
        first.enlistPusher(push);
        assertEquals(push, push.waiter.chosen());
        assertEquals(2, popper.get());
        assertNobodyWaits(first);
    }

    @Test
    void interrupt_beforeOrWaiting_nothingHasHappened() throws InterruptedException {
        buffered.push(1);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> Select.from("a", buffered).timeout(ZERO));
        assertEquals(1, buffered.size());
        Forked<Selected<String>> select =
                Forked.parked(() -> Select.from("a", first).to("b", buffered, 2).await());
        select.interrupt();
        select.assertFailed(InterruptedException.class);
        assertNobodyWaits(first, buffered);
        assertEquals(1, buffered.size());
    }

    /** It is ready, and its waiter is interrupted just then. */
    private static final class Interrupting extends Source<Integer> {
        private boolean waited;

        @Override
        protected @Nullable Object take() {
            return waited ? this : null;
        }

        @Override
        protected Integer value(Object taken) {
            assertSame(this, taken);
            return 7;
        }

        @Override
        protected void ensureMayWait() {}

        @Override
        protected void awaitAny(
                List<? extends Source<?>> all,
                IntConsumer ready,
                BooleanSupplier over,
                long deadline)
                throws InterruptedException {
            assertFalse(over.getAsBoolean());
            waited = true;
            ready.accept(0);
            assertTrue(over.getAsBoolean());
            throw new InterruptedException();
        }
    }

    @Test
    void interrupt_afterItWasChosen_isKeptForLater() throws InterruptedException {
        Selected<String> selected =
                Select.from("c", first).from("s", (Selectable<Integer>) Interrupting::new).await();
        assertTrue(Thread.interrupted());
        assertEquals("s", selected.key());
        assertEquals(7, selected.value());
        assertNobodyWaits(first);
    }

    @Test
    void manyCases_lastOneComesReady_isChosen() throws Exception {
        List<Channel<Integer>> channels = new ArrayList<>();
        SelectCases<Integer> cases = Select.from(-1, buffered);
        for (int i = 0; i < 100_000; i++) {
            Channel<Integer> channel = Channel.rendezvous();
            channels.add(channel);
            cases.from(i, channel);
        }
        Forked<Selected<Integer>> select = Forked.parked(cases::await);
        channels.get(77_777).push(5);
        assertEquals(77_777, select.get().key());
        assertEquals(5, select.get().value());
        assertNobodyWaits(channels.get(0), channels.get(99_999));
    }

    /** The cost stays in proportion also where each case meets the select's own others. */
    @Test
    void manyCases_sameChannelBothWays_meetsAnother() throws Exception {
        SelectCases<String> cases = Select.from("pop", first);
        for (int i = 0; i < 100_000; i++) {
            cases.from("pop", first).to("push", first, i);
        }
        Forked<Selected<String>> select = Forked.parked(cases::await);
        first.push(-1);
        assertEquals(-1, select.get().value());
        assertNobodyWaits(first);
    }

    /** A million leave a line from anywhere: each of them at once, or this would take hours. */
    @Test
    void leaving_fromAnywhere_isAtOnce() {
        List<LineNode> places = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            LineNode place = new LineNode(new ThreadWait(), 0);
            first.enlistPopper(place);
            places.add(place);
        }
        for (int i = 0; i < places.size(); i++) {
            LineNode place = places.get((int) (i * 7_777_777L % places.size()));
            assertTrue(place.waiter.leave());
            first.forget(place);
        }
        assertNobodyWaits(first);
    }
}
