package dev.pogo.queue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerationException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;

import dev.pogo.InvalidPayloadException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Payloads as JSON. */
final class Payloads {
    /** The args of a job may be nested to a depth of 200, and a payload is within a delivery. */
    private static final int MOST_DEPTH = 199;

    /** Parsing a number takes time that grows faster than its length. */
    private static final int MOST_DIGITS = 1_000;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamWriteConstraints(
                                            StreamWriteConstraints.builder()
                                                    .maxNestingDepth(MOST_DEPTH)
                                                    .build())
                                    // The size is limited by max_payload_bytes.
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MOST_DEPTH)
                                                    .maxStringLength(Integer.MAX_VALUE)
                                                    .maxNumberLength(MOST_DIGITS)
                                                    .build())
                                    .addDecorator((factory, out) -> new StrictGenerator(out))
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();
    private static final ObjectWriter WRITER = MAPPER.writer();
    private static final ObjectReader READER = MAPPER.readerFor(Object.class);

    private Payloads() {}

    /**
     * Returns the JSON of a payload.
     *
     * @throws InvalidPayloadException if it has none, or none that could be read again
     */
    static byte[] write(String queue, @Nullable Object payload) {
        try {
            return WRITER.writeValueAsBytes(payload);
        } catch (JsonProcessingException e) {
            throw new InvalidPayloadException(
                    "payload for queue " + queue, "$", e.getOriginalMessage(), e);
        }
    }

    /** Refuses what JSON does not have, which Jackson would write all the same. */
    private static final class StrictGenerator extends JsonGeneratorDelegate {
        StrictGenerator(JsonGenerator out) {
            super(out);
        }

        @Override
        public void writeNumber(double value) throws IOException {
            ensureFinite(value);
            super.writeNumber(value);
        }

        @Override
        public void writeNumber(float value) throws IOException {
            ensureFinite(value);
            super.writeNumber(value);
        }

        @Override
        public void writeNumber(BigDecimal value) throws IOException {
            ensureShort(value.precision() + Math.abs((long) value.scale()));
            super.writeNumber(value);
        }

        @Override
        public void writeNumber(BigInteger value) throws IOException {
            ensureShort(value.bitLength() / 3L); // not less than its digits
            super.writeNumber(value);
        }

        @Override
        public void writeArray(double[] values, int from, int length) throws IOException {
            for (int i = from; i < from + length; i++) {
                ensureFinite(values[i]);
            }
            super.writeArray(values, from, length);
        }

        private void ensureFinite(double value) throws IOException {
            if (!Double.isFinite(value)) {
                throw new JsonGenerationException(value + " is not a JSON number", this);
            }
        }

        private void ensureShort(long digits) throws IOException {
            if (digits > MOST_DIGITS) {
                throw new JsonGenerationException(
                        "a number has more than " + MOST_DIGITS + " digits", this);
            }
        }
    }

    /**
     * Returns maps, lists, strings, numbers, booleans and null.
     *
     * @throws IOException if it is not JSON
     */
    static @Nullable Object read(byte[] json) throws IOException {
        try {
            return READER.readValue(json);
        } catch (JsonProcessingException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }

    /** Returns JSON text: the payload, or a string of it if a stranger has put there no JSON. */
    static String text(byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8);
        try {
            READER.<@Nullable Object>readValue(text);
            return text;
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text).toString();
        }
    }
}
