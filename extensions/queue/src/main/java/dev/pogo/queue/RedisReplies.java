package dev.pogo.queue;

import dev.pogo.queue.QueueStore.Reservation;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What Redis replies. Entries of the stream may have been added by strangers, and are read whatever
 * they are.
 */
final class RedisReplies {
    private static final Pattern DELIVERY_ID = Pattern.compile("\\d{1,19}-\\d{1,19}");
    private static final Pattern ATTEMPTS = Pattern.compile("\\d{1,9}");

    /** How many digits each {@code long} may have. */
    private static final int MOST_DIGITS = 18;

    private RedisReplies() {}

    static Reservation reservation(List<?> entry) {
        String deliveryId = text(entry.get(0));
        String id = "";
        int attempts = 0;
        byte[] payload = {};
        List<?> fields = list(entry.get(1));
        for (int i = 0; i < fields.size(); i += 2) {
            Object value = fields.get(i + 1);
            switch (text(fields.get(i))) {
                case "i" -> id = text(value);
                case "p" -> payload = (byte[]) value;
                case "a" -> attempts = attempts(text(value));
                default -> {} // an entry that somebody else has added
            }
        }
        // An id goes into logs and names; that of a stranger may be anything.
        return isDeliveryId(id)
                ? new Reservation(id, deliveryId, attempts + 1, pushedAt(id), payload)
                : new Reservation(idOfStranger(deliveryId), deliveryId, attempts + 1, 0, payload);
    }

    /** Returns what {@code message.lua} does. The ids of messages begin with the time. */
    private static String idOfStranger(String entryId) {
        return "0-" + entryId.replace("-", "");
    }

    /** Returns a number that may have been written by a stranger, 0 if it is none. */
    private static int attempts(String text) {
        return ATTEMPTS.matcher(text).matches() ? Integer.parseInt(text) : 0;
    }

    /** Returns the time at which the message got its id, 0 if a stranger has given it one. */
    private static long pushedAt(String id) {
        int end = id.indexOf('-');
        return end <= MOST_DIGITS && DELIVERY_ID.matcher(id).matches()
                ? Long.parseLong(id.substring(0, end))
                : 0;
    }

    static boolean isDeliveryId(String id) {
        return DELIVERY_ID.matcher(id).matches();
    }

    static QueueCode code(@Nullable Object reply) {
        return number(reply) == 1 ? QueueCode.ACCEPTED : QueueCode.DELIVERY_UNKNOWN;
    }

    static DeadLetter letter(List<?> values) {
        String id = text(values.get(0));
        return new DeadLetter(
                id,
                Payloads.text((byte[]) Objects.requireNonNull(values.get(1))),
                text(values.get(2)),
                (int) number(values.get(3)),
                pushedAt(id),
                number(values.get(4)),
                number(values.get(5)));
    }

    static List<?> list(@Nullable Object reply) {
        return (List<?>) Objects.requireNonNull(reply);
    }

    static String text(@Nullable Object reply) {
        return new String((byte[]) Objects.requireNonNull(reply), StandardCharsets.UTF_8);
    }

    static long number(@Nullable Object reply) {
        return reply instanceof Long number ? number : Long.parseLong(text(reply));
    }
}
