package dev.pogo.process.wire;

import dev.pogo.json.JsonBinding;
import dev.pogo.json.NotJsonException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The first message of a worker.
 *
 * @param pid the worker's process id, as it knows it
 * @param sharedMemory whether the worker can read and write shared memory
 */
public record Hello(long pid, boolean sharedMemory) {
    public static final int PROTOCOL_VERSION = 1;

    /** The only capability. */
    public static final String SHARED_MEMORY = "shm";

    private static final JsonBinding JSON = new JsonBinding();

    /** Parses a worker's hello. */
    public static Hello parse(byte[] json) throws ProtocolException {
        Object value;
        try {
            value = JSON.parse(json);
        } catch (NotJsonException e) {
            throw new ProtocolException("a hello that is not JSON: " + e.getMessage());
        }
        if (!(value instanceof Map<?, ?> members)) {
            throw new ProtocolException("a hello that is not a JSON object");
        }
        // Checked first, as the other members may mean something else in another version.
        if (!(members.get("protocol_version") instanceof Number version)) {
            throw new ProtocolException("a hello without a protocol_version that is a number");
        }
        if (!version.toString().equals(Integer.toString(PROTOCOL_VERSION))) {
            throw new ProtocolException(
                    "protocol version %s, but this host supports %d"
                            .formatted(version, PROTOCOL_VERSION));
        }
        if (!(members.get("pid") instanceof Number pid)) {
            throw new ProtocolException("a hello without a pid that is a number");
        }
        if (!(members.get("capabilities") instanceof List<?> capabilities)) {
            throw new ProtocolException("a hello without capabilities that are an array");
        }
        return new Hello(pid.longValue(), capabilities.contains(SHARED_MEMORY));
    }

    /** Returns the host's answer. */
    public static Frame answer(String pool, long maxBody, @Nullable Region answers) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("protocol_version", PROTOCOL_VERSION);
        members.put("pool", pool);
        List<String> capabilities = new ArrayList<>();
        members.put("capabilities", capabilities);
        members.put("max_frame", maxBody);
        if (answers != null) {
            capabilities.add(SHARED_MEMORY);
            Map<String, Object> place = new LinkedHashMap<>();
            place.put("offset", answers.offset());
            place.put("length", answers.length());
            members.put("shm", place);
        }
        return new Frame(FrameType.HELLO, text(members));
    }

    private static byte[] text(Map<String, Object> members) {
        try {
            return JSON.text(members);
        } catch (NotJsonException e) {
            throw new AssertionError(e);
        }
    }
}
