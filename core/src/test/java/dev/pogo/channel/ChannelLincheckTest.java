package dev.pogo.channel;

import dev.pogo.engine.Lincheck;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A buffered channel: whatever several threads try, it is as if tried one by one, since a close is
 * one step too as long as nobody waits.
 */
@Tag("lincheck")
public final class ChannelLincheckTest {
    private final Channel<Integer> channel = Channel.buffered(2);

    /** Like {@code tryPush}, without an exception, whose text takes long to follow. */
    @Operation
    public Channel.Offer push(@Param(gen = IntGen.class, conf = "1:3") int element) {
        return channel.offer(element);
    }

    /** Like {@code tryPop}. */
    @Operation
    public int pop() {
        Object polled = channel.poll();
        return polled == Channel.CLOSED ? -1 : polled instanceof Integer element ? element : 0;
    }

    @Operation
    public void close() {
        channel.close();
    }

    @Operation
    public int size() {
        return channel.size();
    }

    @Operation
    public boolean isClosed() {
        return channel.isClosed();
    }

    @Test
    void channel_modelChecked_isLinearizable() {
        Lincheck.modelCheck(ChannelLincheckTest.class);
    }

    @Test
    void channel_stressed_isLinearizable() {
        Lincheck.stress(ChannelLincheckTest.class);
    }
}
