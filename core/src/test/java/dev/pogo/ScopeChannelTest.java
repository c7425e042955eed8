package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.channel.Channel;
import dev.pogo.channel.ChannelClosedException;
import dev.pogo.channel.Forked;
import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Channels that belong to a scope. */
class ScopeChannelTest {
    private final PogoRuntime runtime = Runtimes.ofSize(4);

    @Test
    void channel_byItsCapacity_isARendezvousOrBuffered() {
        try (PogoScope scope = runtime.open()) {
            assertEquals(0, scope.channel(0).capacity());
            assertEquals(3, scope.channel(3).capacity());
            Messages.assertContains(
                    "but is -1",
                    assertThrows(IllegalArgumentException.class, () -> scope.channel(-1)));
        }
    }

    @Test
    void close_ofTheScope_closesItsChannels() {
        List<Channel<Integer>> channels = new ArrayList<>();
        PogoScope scope = runtime.open();
        for (int i = 0; i < 10; i++) {
            channels.add(scope.channel(i));
        }
        assertTrue(channels.stream().noneMatch(Channel::isClosed));
        scope.close();
        assertTrue(channels.stream().allMatch(Channel::isClosed));
        assertThrows(IllegalStateException.class, () -> scope.channel(1));
    }

    @Test
    void close_whileTasksWait_wakesThemByCancellation() throws InterruptedException {
        Task<Integer> popping;
        Task<Boolean> pushing;
        try (PogoScope scope = runtime.open()) {
            Channel<Integer> empty = scope.channel(0);
            Channel<Integer> full = scope.channel(0);
            popping = scope.spawn(empty::pop);
            pushing = scope.spawn(() -> full.tryPush(1, ofSeconds(60)));
            Eventually.isTrue(() -> empty.toString().contains("1 to pop"));
            Eventually.isTrue(() -> full.toString().contains("1 wait to push"));
        }
        assertThrows(TaskCancelledException.class, popping::result);
        assertThrows(TaskCancelledException.class, pushing::result);
    }

    /** It is the channel that ends the wait: an interrupt would come to nothing here. */
    @Test
    void close_whileATaskWaitsIgnoringInterrupts_endsIt() {
        try (PogoScope scope = runtime.open()) {
            Channel<Integer> channel = scope.channel(0);
            scope.spawn(() -> {
                while (true) {
                    try {
                        return channel.pop();
                    } catch (InterruptedException e) {
                        // ignored, for the sake of this test
                    }
                }
            });
            Eventually.isTrue(() -> channel.toString().contains("1 to pop"));
        }
    }

    @Test
    void close_whileAnotherThreadWaits_wakesIt() {
        Forked<Integer> stranger;
        try (PogoScope scope = runtime.open()) {
            stranger = Forked.parked(scope.<Integer>channel(0)::pop);
        }
        stranger.assertFailed(ChannelClosedException.class);
    }

    /** The thread that would close the scope waits itself. */
    @Test
    void deadline_passes_wakesTheOwner() {
        try (PogoScope scope = runtime.open(ofMillis(5))) {
            Channel<Integer> channel = scope.channel(0);
            assertThrows(ChannelClosedException.class, channel::pop);
            assertTrue(scope.<Integer>channel(1).isClosed());
        }
        try (PogoScope scope = runtime.open(ofMillis(5));
                Held held = Held.untilReleased()) {
            Channel<Integer> channel = scope.channel(0);
            Task<String> producer =
                    scope.spawn(() -> {
                        String result = held.call();
                        channel.push(1);
                        return result;
                    });
            assertThrows(ChannelClosedException.class, channel::pop);
            assertThrows(DeadlineExceededException.class, producer::await);
        }
    }

    @Test
    void deadline_hasPassedBefore_channelIsClosed() {
        try (PogoScope scope = runtime.open(ZERO)) {
            assertTrue(scope.channel(1).isClosed());
        }
    }

    @Test
    void close_ofTheRuntime_wakesTheOwner() throws Exception {
        PogoRuntime own = Runtimes.ofSize(1);
        Forked<Object> owner =
                Forked.parked(() -> {
                    try (PogoScope scope = own.open()) {
                        Channel<Integer> channel = scope.channel(0);
                        return assertThrows(ChannelClosedException.class, channel::pop);
                    }
                });
        own.close();
        assertInstanceOf(ChannelClosedException.class, owner.get());
    }

    @Test
    void close_ofTheRuntime_refusesNewChannels() {
        PogoRuntime own = Runtimes.ofSize(1);
        try (PogoScope used = own.open();
                PogoScope unused = own.open()) {
            used.channel(1);
            own.close();
            for (PogoScope scope : List.of(used, unused)) {
                Messages.assertContains(
                        "the Pogo runtime is closed",
                        assertThrows(IllegalStateException.class, () -> scope.channel(1)));
            }
        }
    }

    @Test
    void channel_closedByItsUser_staysUsableByTheScope() throws InterruptedException {
        try (PogoScope scope = runtime.open()) {
            Channel<Integer> channel = scope.channel(1);
            channel.push(1);
            channel.close();
            assertEquals(1, channel.pop());
            assertFalse(scope.<Integer>channel(1).isClosed());
        }
    }
}
