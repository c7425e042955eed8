package dev.pogo.json;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.json.JsonWriteContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.util.TokenBuffer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Records what serializers write, and refuses what JSON does not have: numbers that are not finite,
 * raw text, embedded objects, and unbounded nesting.
 */
final class SnapshotBuffer extends TokenBuffer {
    /** Path of what was refused; exceptions know it less precisely for arrays and cycles. */
    private @Nullable String refusedPath;

    SnapshotBuffer(ObjectCodec codec) {
        super(codec, false);
    }

    @Override
    public void writeStartObject(@Nullable Object value) throws IOException {
        super.writeStartObject(value);
        ensureNotTooDeep();
    }

    @Override
    public void writeStartObject(@Nullable Object value, int size) throws IOException {
        super.writeStartObject(value, size);
        ensureNotTooDeep();
    }

    @Override
    public void writeStartArray(@Nullable Object value) throws IOException {
        super.writeStartArray(value);
        ensureNotTooDeep();
    }

    @Override
    public void writeStartArray(@Nullable Object value, int size) throws IOException {
        super.writeStartArray(value, size);
        ensureNotTooDeep();
    }

    @Nullable String refusedPath() {
        return refusedPath;
    }

    /**
     * Detects a cycle by its depth, which costs nothing until then, and only then searches for it.
     */
    private void ensureNotTooDeep() throws IOException {
        if (_writeContext.getNestingDepth() <= JsonBinding.MAX_DEPTH) {
            return;
        }
        IdentityHashMap<Object, JsonWriteContext> seen = new IdentityHashMap<>();
        for (JsonWriteContext context : contexts()) {
            Object value = context.getCurrentValue();
            JsonWriteContext outer = value == null ? null : seen.putIfAbsent(value, context);
            if (outer != null) {
                throw refuse(path(context), "is a cycle: it is the same object as " + path(outer));
            }
        }
        throw refuse(
                path(_writeContext), "is nested deeper than the limit of " + JsonBinding.MAX_DEPTH);
    }

    /** Returns the contexts from the outermost to the innermost. */
    private List<JsonWriteContext> contexts() {
        List<JsonWriteContext> contexts = new ArrayList<>();
        for (JsonWriteContext one = _writeContext; one != null; one = one.getParent()) {
            contexts.add(one);
        }
        return contexts.reversed();
    }

    private static String path(JsonStreamContext context) {
        JsonStreamContext parent = context.getParent();
        if (parent == null || parent.inRoot()) {
            return JsonPath.ROOT;
        }
        return parent.inArray()
                ? JsonPath.element(path(parent), parent.getCurrentIndex())
                : JsonPath.member(path(parent), parent.getCurrentName());
    }

    @Override
    public void writeNumber(double value) throws IOException {
        if (!Double.isFinite(value)) {
            throw refuse(value + " is not a JSON number");
        }
        super.writeNumber(value);
    }

    @Override
    public void writeNumber(float value) throws IOException {
        if (!Float.isFinite(value)) {
            throw refuse(value + " is not a JSON number");
        }
        super.writeNumber(value);
    }

    /** Writes the data as text, as it would be if the value went to another process. */
    @Override
    public void writeBinary(Base64Variant variant, byte[] data, int offset, int length)
            throws IOException {
        writeString(variant.encode(Arrays.copyOfRange(data, offset, offset + length)));
    }

    @Override
    public void writeEmbeddedObject(Object value) throws IOException {
        throw refuse("a " + value.getClass().getName() + " is not a JSON value");
    }

    @Override
    public void writeObject(@Nullable Object value) throws IOException {
        if (value instanceof byte[] bytes) {
            writeBinary(bytes);
        } else {
            super.writeObject(value);
        }
    }

    @Override
    public void writeRawValue(String text) throws IOException {
        throw refuse("raw JSON text is not supported");
    }

    @Override
    public void writeRawValue(String text, int offset, int length) throws IOException {
        writeRawValue(text);
    }

    @Override
    public void writeRawValue(char[] text, int offset, int length) throws IOException {
        writeRawValue(new String(text, offset, length));
    }

    @Override
    public void writeRawValue(SerializableString text) throws IOException {
        writeRawValue(text.getValue());
    }

    /** Refuses the value that is about to be written. */
    private JsonMappingException refuse(String problem) {
        String path = path(_writeContext);
        if (_writeContext.inArray()) {
            path = JsonPath.element(path, _writeContext.getEntryCount());
        } else if (_writeContext.inObject()) {
            path = JsonPath.member(path, _writeContext.getCurrentName());
        }
        return refuse(path, problem);
    }

    private JsonMappingException refuse(String path, String problem) {
        refusedPath = path;
        return JsonMappingException.from(this, problem);
    }
}
