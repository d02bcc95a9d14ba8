package io.cistern.backplane;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what went over the backplane and what did not. Safe for use by many threads. */
public final class BackplaneCounts {

    /** Which way a message went; several news may be in one. */
    public enum Direction {
        SENT,
        /** From another instance, and understood. */
        RECEIVED
    }

    /** Why something was dropped: {@code SEND_…} count news, {@code RECEIVE_…} count messages. */
    public enum Drop {
        /** More news came than were sent. */
        SEND_QUEUE_FULL,
        /** One piece of news alone is more than a message may hold. */
        SEND_TOO_LARGE,
        /** Redis is known to be away. */
        SEND_REDIS_DOWN,
        /** Redis did not take the message, or the breaker is open. */
        SEND_FAILED,
        /** More messages came than were read. */
        RECEIVE_QUEUE_FULL,
        /** Not what an instance would send. */
        RECEIVE_UNREADABLE,
        /** Of a format that another version of Cistern sends. */
        RECEIVE_OTHER_FORMAT
    }

    private final Map<Direction, LongAdder> messages = adders(Direction.class);
    private final Map<Drop, LongAdder> drops = adders(Drop.class);

    /** How many messages went that way since the start. */
    public long messages(Direction direction) {
        return messages.get(direction).sum();
    }

    /** How much was dropped for that reason since the start. */
    public long dropped(Drop reason) {
        return drops.get(reason).sum();
    }

    /** The value of a metric's label. */
    public static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    void message(Direction direction) {
        messages.get(direction).increment();
    }

    void dropped(Drop reason, int count) {
        drops.get(reason).add(count);
    }

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        var adders = new EnumMap<E, LongAdder>(type);
        for (var value : type.getEnumConstants()) {
            adders.put(value, new LongAdder());
        }
        return adders;
    }
}
