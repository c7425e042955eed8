package dev.pogo.process.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Messages;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

class FrameReaderTest {
    static final int LIMIT = 10_000;

    private static byte[] bytes(FrameType type, int length) {
        byte[] body = new byte[length];
        new Random(length).nextBytes(body);
        Frame frame = new Frame(type, body);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(frame.header());
        out.writeBytes(frame.body());
        return out.toByteArray();
    }

    private static @Nullable Frame read(byte[] bytes) throws IOException, ProtocolException {
        return new FrameReader(new ByteArrayInputStream(bytes), LIMIT).read(length -> {});
    }

    private static ProtocolException refused(byte[] bytes) {
        return assertThrows(ProtocolException.class, () -> read(bytes));
    }

    /** Gives what it has in pieces, as a pipe does. */
    private static InputStream inPieces(byte[] bytes, int seed) {
        Random random = new Random(seed);
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                return super.read(into, from, length == 0 ? 0 : 1 + random.nextInt(length));
            }
        };
    }

    @Test
    void header_isLengthOfTheBodyBigEndFirstAndType() {
        byte[] header = new Frame(FrameType.FATAL, new byte[0x0102]).header();
        assertArrayEquals(new byte[] {0, 0, 1, 2, 2}, header);
    }

    @Test
    void shared_offsetsBeyondTwoGigabytes_areUnsigned() {
        Frame place = Frame.shared(0xFFFF_FF00L, 0x8000_0000L);
        assertEquals(0xFFFF_FF00L, place.offset());
        assertEquals(0x8000_0000L, place.length());
    }

    @Property(tries = 200)
    void read_framesInPieces_areThoseThatWereWritten(
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = LIMIT) Integer> lengths,
            @ForAll int seed)
            throws IOException, ProtocolException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lengths.forEach(length -> out.writeBytes(bytes(FrameType.DATA, length)));
        FrameReader reader = new FrameReader(inPieces(out.toByteArray(), seed), LIMIT);
        for (int length : lengths) {
            Frame frame = Objects.requireNonNull(reader.read(bytes -> {}));
            assertEquals(FrameType.DATA, frame.type());
            byte[] whole = bytes(FrameType.DATA, length);
            assertArrayEquals(
                    whole, concat(frame.header(), frame.body()), () -> "of length " + length);
        }
        assertNull(reader.read(bytes -> {}));
    }

    @Test
    void read_longBody_isWholeThoughItIsNotAllocatedAtOnce() throws Exception {
        byte[] whole = bytes(FrameType.DATA, 5_000_000);
        FrameReader reader = new FrameReader(inPieces(whole, 1), 5_000_000);
        Frame frame = Objects.requireNonNull(reader.read(length -> {}));
        assertArrayEquals(whole, concat(frame.header(), frame.body()));
    }

    @Test
    void read_tellsWhenItHasBegunAndHowLongItWillBe() throws Exception {
        List<Long> told = new ArrayList<>();
        byte[] whole = bytes(FrameType.DATA, 700);
        assertNotNull(new FrameReader(new ByteArrayInputStream(whole), LIMIT).read(told::add));
        assertEquals(List.of(0L, 700L), told);
        told.clear();
        assertNull(new FrameReader(new ByteArrayInputStream(new byte[0]), LIMIT).read(told::add));
        assertEquals(List.of(), told);
    }

    @Test
    void read_endWithinAFrame_isRefusedWithHowMuchCame() {
        Messages.assertStarts(
                "a truncated frame: its pipe ended after 3 of the 5 bytes of a header",
                refused(new byte[3]));
        byte[] whole = bytes(FrameType.DATA, 100);
        Messages.assertStarts(
                "a truncated frame: its pipe ended after 99 of the 100 bytes of a body",
                refused(Arrays.copyOf(whole, whole.length - 1)));
    }

    @Test
    void read_bodyAtTheLimit_isTakenAndOneByteMoreIsRefused() throws Exception {
        assertNotNull(read(bytes(FrameType.DATA, LIMIT)));
        Messages.assertStarts(
                "a frame of 10001 bytes, where max_frame allows 10000",
                refused(bytes(FrameType.DATA, LIMIT + 1)));
        ByteBuffer huge = ByteBuffer.allocate(5).putInt(-1).put((byte) 0);
        Messages.assertStarts("a frame of 4294967295 bytes", refused(huge.array()));
    }

    @Test
    void read_text_isRefusedAndShown() {
        ProtocolException e = refused("Fatal error: no".getBytes(StandardCharsets.UTF_8));
        assertEquals(
                "a frame of the unknown type 0x6c, its first bytes are 46 61 74 61 6c (\"Fatal\")",
                e.getMessage());
    }

    @Test
    void read_sharedWithAnotherLength_isRefused() {
        Messages.assertStarts(
                "a frame of type 0x04 with a body of 9 bytes instead of 8",
                refused(bytes(FrameType.SHARED, 9)));
    }

    /** Whatever comes, it is frames or refused; nothing else is thrown, and nothing hangs. */
    @Property(tries = 2_000)
    void read_anything_endsOrIsRefused(
            @ForAll @Size(max = 300) byte[] noise, @ForAll boolean afterAFrame) {
        byte[] all = afterAFrame ? concat(bytes(FrameType.ERROR, 3), noise) : noise;
        FrameReader reader = new FrameReader(new ByteArrayInputStream(all), LIMIT);
        int frames = 0;
        try {
            while (reader.read(length -> {}) != null) {
                frames++;
            }
        } catch (ProtocolException e) {
            assertTrue(e.getMessage() != null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertTrue(frames <= all.length / Frame.HEADER);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }
}
