package dev.pogo.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

import java.time.Duration;

/**
 * Two threads at one wait: it has one end, on which both agree, and no element is lost or doubled.
 * That a waiter leaves is what its thread does when time runs out or it is interrupted.
 */
final class ChannelRaces {
    private ChannelRaces() {}

    static LineNode place(ThreadWait waiter, @Nullable Object element) {
        LineNode place = new LineNode(waiter, 0);
        place.element = element;
        return place;
    }

    static String end(LineNode place) {
        if (place.waiter.chosen() != place) {
            return place.waiter.isDecided() ? "elsewhere" : "waits";
        }
        return place.element == Channel.CLOSED ? "closed" : String.valueOf(place.element);
    }

    @JCStressTest
    @Outcome(id = "TAKEN, false, 1", expect = ACCEPTABLE, desc = "The element came in time.")
    @Outcome(id = "FULL, true, elsewhere", expect = ACCEPTABLE, desc = "It had left before.")
    @Outcome(expect = FORBIDDEN, desc = "The element is lost, or taken by one who left.")
    @State
    public static class PushOrLeave {
        private final Channel<Integer> channel = Channel.rendezvous();
        private final LineNode popper = place(new ThreadWait(), null);

        public PushOrLeave() {
            channel.enlistPopper(popper);
        }

        @Actor
        public void push(LLL_Result r) {
            r.r1 = channel.offer(1);
        }

        @Actor
        public void leave(LLL_Result r) {
            r.r2 = popper.waiter.leave();
            channel.forget(popper);
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r3 = end(popper);
        }
    }

    @JCStressTest
    @Outcome(id = "1, false, 1", expect = ACCEPTABLE, desc = "The element was taken in time.")
    @Outcome(id = "null, true, elsewhere", expect = ACCEPTABLE, desc = "It had left before.")
    @Outcome(expect = FORBIDDEN, desc = "An element was taken that was not pushed, or doubled.")
    @State
    public static class PopOrLeave {
        private final Channel<Integer> channel = Channel.rendezvous();
        private final LineNode pusher = place(new ThreadWait(), 1);

        public PopOrLeave() {
            channel.enlistPusher(pusher);
        }

        @Actor
        public void pop(LLL_Result r) {
            r.r1 = channel.poll();
        }

        @Actor
        public void leave(LLL_Result r) {
            r.r2 = pusher.waiter.leave();
            channel.forget(pusher);
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r3 = end(pusher);
        }
    }

    /** The first in line leaves while the element comes, which then is the next one's. */
    @JCStressTest
    @Outcome(id = "1, waits", expect = ACCEPTABLE, desc = "The first has it.")
    @Outcome(id = "elsewhere, 1", expect = ACCEPTABLE, desc = "It had left, the second has it.")
    @Outcome(expect = FORBIDDEN, desc = "The element is lost or doubled.")
    @State
    public static class PushOrLeaveTheLine {
        private final Channel<Integer> channel = Channel.rendezvous();
        private final LineNode first = place(new ThreadWait(), null);
        private final LineNode second = place(new ThreadWait(), null);

        public PushOrLeaveTheLine() {
            channel.enlistPopper(first);
            channel.enlistPopper(second);
        }

        @Actor
        public void push() {
            channel.offer(1);
        }

        @Actor
        public void leave() {
            first.waiter.leave();
            channel.forget(first);
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r1 = end(first);
            r.r2 = end(second);
        }
    }

    @JCStressTest
    @Outcome(id = "TAKEN, 1", expect = ACCEPTABLE, desc = "The element came before the close.")
    @Outcome(id = "CLOSED, closed", expect = ACCEPTABLE, desc = "The close came before.")
    @Outcome(expect = FORBIDDEN, desc = "The element is lost, or the popper waits for ever.")
    @State
    public static class PushOrClose {
        private final Channel<Integer> channel = Channel.rendezvous();
        private final LineNode popper = place(new ThreadWait(), null);

        public PushOrClose() {
            channel.enlistPopper(popper);
        }

        @Actor
        public void push(LL_Result r) {
            r.r1 = channel.offer(1);
        }

        @Actor
        public void close() {
            channel.close();
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r2 = end(popper);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 2, 2", expect = ACCEPTABLE, desc = "The pop let the pusher in before.")
    @Outcome(id = "1, closed, null", expect = ACCEPTABLE, desc = "The pusher failed by the close.")
    @Outcome(expect = FORBIDDEN, desc = "An element is lost, doubled, or of one who failed.")
    @State
    public static class PopOrClose {
        private final Channel<Integer> channel = Channel.buffered(1);
        private final LineNode pusher = place(new ThreadWait(), 2);

        public PopOrClose() {
            channel.offer(1);
            channel.enlistPusher(pusher);
        }

        @Actor
        public void pop(LLL_Result r) {
            r.r1 = channel.poll();
        }

        @Actor
        public void close() {
            channel.close();
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r2 = end(pusher);
            Object left = channel.poll();
            r.r3 = left == Channel.CLOSED ? null : left;
        }
    }

    @JCStressTest
    @Outcome(id = "closed", expect = ACCEPTABLE, desc = "It was told of the close.")
    @Outcome(expect = FORBIDDEN, desc = "It waits for ever.")
    @State
    public static class EnlistOrClose {
        private final Channel<Integer> channel = Channel.rendezvous();
        private final LineNode popper = place(new ThreadWait(), null);

        @Actor
        public void enlist() {
            channel.enlistPopper(popper);
        }

        @Actor
        public void close() {
            channel.close();
        }

        @Arbiter
        public void look(L_Result r) {
            r.r1 = end(popper);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "They have met.")
    @Outcome(expect = FORBIDDEN, desc = "They wait for each other.")
    @State
    public static class EnlistBothEnds {
        private final Channel<Integer> channel = Channel.rendezvous();
        private final LineNode popper = place(new ThreadWait(), null);
        private final LineNode pusher = place(new ThreadWait(), 1);

        @Actor
        public void pop() {
            channel.enlistPopper(popper);
        }

        @Actor
        public void push() {
            channel.enlistPusher(pusher);
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r1 = end(popper);
            r.r2 = end(pusher);
        }
    }

    /** One select stands in two channels, into each of which an element comes. */
    @JCStressTest
    @Outcome(id = "TAKEN, FULL, 1", expect = ACCEPTABLE, desc = "It has the first element.")
    @Outcome(id = "FULL, TAKEN, 2", expect = ACCEPTABLE, desc = "It has the second.")
    @Outcome(expect = FORBIDDEN, desc = "It was chosen by both or by none.")
    @State
    public static class PushTwice {
        private final Channel<Integer> left = Channel.rendezvous();
        private final Channel<Integer> right = Channel.rendezvous();
        private final ThreadWait select = new ThreadWait();
        private final LineNode inLeft = place(select, null);
        private final LineNode inRight = place(select, null);

        public PushTwice() {
            left.enlistPopper(inLeft);
            right.enlistPopper(inRight);
        }

        @Actor
        public void first(LLL_Result r) {
            r.r1 = left.offer(1);
        }

        @Actor
        public void second(LLL_Result r) {
            r.r2 = right.offer(2);
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r3 = end(select.chosen() == inLeft ? inLeft : inRight);
        }
    }

    /** A select gets to its second channel, which is ready, while it is chosen in the first. */
    @JCStressTest
    @Outcome(id = "TAKEN, 1, 2", expect = ACCEPTABLE, desc = "Chosen in the first channel.")
    @Outcome(id = "FULL, 2, null", expect = ACCEPTABLE, desc = "It has taken from the second.")
    @Outcome(expect = FORBIDDEN, desc = "It has taken both or none.")
    @State
    public static class PushOrTakeElsewhere {
        private final Channel<Integer> left = Channel.rendezvous();
        private final Channel<Integer> right = Channel.buffered(1);
        private final ThreadWait select = new ThreadWait();
        private final LineNode inLeft = place(select, null);
        private final LineNode inRight = place(select, null);

        public PushOrTakeElsewhere() {
            left.enlistPopper(inLeft);
            right.offer(2);
        }

        @Actor
        public void push(LLL_Result r) {
            r.r1 = left.offer(1);
        }

        @Actor
        public void enlist() {
            right.enlistPopper(inRight);
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r2 = end(select.chosen() == inLeft ? inLeft : inRight);
            r.r3 = right.poll();
        }
    }

    /** Two selects find each other in different channels, and must meet in one. */
    @JCStressTest
    @Outcome(id = "1, elsewhere, elsewhere, 1", expect = ACCEPTABLE, desc = "They met left.")
    @Outcome(id = "elsewhere, 2, 2, elsewhere", expect = ACCEPTABLE, desc = "They met right.")
    @Outcome(expect = FORBIDDEN, desc = "They met twice, or not, or one without the other.")
    @State
    public static class SelectTwice {
        private final Channel<Integer> left = Channel.rendezvous();
        private final Channel<Integer> right = Channel.rendezvous();
        private final ThreadWait one = new ThreadWait();
        private final ThreadWait other = new ThreadWait();
        private final LineNode onePops = place(one, null);
        private final LineNode onePushes = place(one, 2);
        private final LineNode otherPops = place(other, null);
        private final LineNode otherPushes = place(other, 1);

        public SelectTwice() {
            left.enlistPopper(onePops);
            right.enlistPopper(otherPops);
        }

        @Actor
        public void one() {
            right.enlistPusher(onePushes);
        }

        @Actor
        public void other() {
            left.enlistPusher(otherPushes);
        }

        @Arbiter
        public void look(LLLL_Result r) {
            r.r1 = end(onePops);
            r.r2 = end(onePushes);
            r.r3 = end(otherPops);
            r.r4 = end(otherPushes);
        }
    }

    /** Both find each other while a third one could choose either. */
    @JCStressTest
    @Outcome(id = "TAKEN, 3, waits", expect = ACCEPTABLE, desc = "The third has chosen the one.")
    @Outcome(id = "FULL, elsewhere, 2", expect = ACCEPTABLE, desc = "The two have met.")
    @Outcome(expect = FORBIDDEN, desc = "A waiter was chosen twice, or passed over.")
    @State
    public static class SelectOrPush {
        private final Channel<Integer> left = Channel.rendezvous();
        private final Channel<Integer> right = Channel.rendezvous();
        private final ThreadWait one = new ThreadWait();
        private final LineNode onePops = place(one, null);
        private final LineNode onePushes = place(one, 2);
        private final LineNode popper = place(new ThreadWait(), null);

        public SelectOrPush() {
            left.enlistPopper(onePops);
            right.enlistPopper(popper);
        }

        @Actor
        public void one() {
            right.enlistPusher(onePushes);
        }

        @Actor
        public void push(LLL_Result r) {
            r.r1 = left.offer(3);
        }

        @Arbiter
        public void look(LLL_Result r) {
            r.r2 = end(onePops);
            r.r3 = end(popper);
        }
    }

    /** The thread that waits is woken, whether it parks already or not. */
    @JCStressTest
    @Outcome(id = "1, null", expect = ACCEPTABLE, desc = "It has the element.")
    @Outcome(expect = FORBIDDEN, desc = "It was not woken.")
    @State
    public static class PushOrPark {
        private final Channel<Integer> channel = Channel.rendezvous();

        @Actor
        public void push(LL_Result r) {
            try {
                channel.push(1);
            } catch (InterruptedException | ChannelClosedException e) {
                r.r2 = e;
            }
        }

        @Actor
        public void pop(LL_Result r) {
            try {
                r.r1 = channel.tryPop(Duration.ofSeconds(5)).orElse(0);
            } catch (InterruptedException | ChannelClosedException e) {
                r.r1 = e;
            } finally {
                channel.close();
            }
        }
    }

    @JCStressTest
    @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "It was told of the zero.")
    @Outcome(expect = FORBIDDEN, desc = "It was not told.")
    @State
    public static class DoneOrAwait {
        private final WaitGroup group = new WaitGroup();

        public DoneOrAwait() {
            group.add();
        }

        @Actor
        public void done() {
            group.done();
        }

        @Actor
        public void await(LL_Result r) {
            try {
                r.r1 = group.await(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                r.r1 = e;
            }
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r2 = group.count();
        }
    }

    /** Who has counted one more itself is not told of the zero before. */
    @JCStressTest
    @Outcome(id = "waits, null", expect = ACCEPTABLE, desc = "It waits for the next zero.")
    @Outcome(expect = FORBIDDEN, desc = "It was told too early, or one was forgotten.")
    @State
    public static class DoneOrAwaitTheNextZero {
        private final WaitGroup group = new WaitGroup();
        private final LineNode first = place(new ThreadWait(), null);
        private final LineNode next = place(new ThreadWait(), null);

        public DoneOrAwaitTheNextZero() {
            group.add();
            group.enlist(first);
        }

        @Actor
        public void done() {
            group.done();
        }

        @Actor
        public void again() {
            group.add();
            group.enlist(next);
        }

        @Arbiter
        public void look(LL_Result r) {
            r.r1 = end(next);
            group.done();
            r.r2 = first.waiter.isDecided() && next.waiter.isDecided() ? null : "forgotten";
        }
    }
}
