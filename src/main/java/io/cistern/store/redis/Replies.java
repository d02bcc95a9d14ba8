package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.joining;

import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import java.util.HexFormat;
import java.util.List;

/** Reads what the scripts answer, and writes what they take. */
final class Replies {

    private static final int GENERATION_DIGITS = 16;

    private Replies() {}

    static byte[] generation(long generation) {
        return HexFormat.of().toHexDigits(generation).getBytes(US_ASCII);
    }

    static byte[] number(long number) {
        return Long.toString(number).getBytes(US_ASCII);
    }

    static byte[] numbers(List<Long> numbers) {
        return numbers.stream().map(Object::toString).collect(joining(" ")).getBytes(US_ASCII);
    }

    /** From generation and version in a script's reply. */
    static Position position(List<Object> reply) {
        return new Position(generation((byte[]) reply.get(0)), (Long) reply.get(1));
    }

    /** From the fields of the hash; unknown where one is missing or is none of ours. */
    static Position position(byte[] generation, byte[] version) {
        if (generation == null || version == null || generation.length != GENERATION_DIGITS) {
            return Position.UNKNOWN;
        }
        try {
            var number = Long.parseLong(new String(version, US_ASCII));
            return number >= 0 && number < Position.VERSIONS_END
                    ? new Position(generation(generation), number)
                    : Position.UNKNOWN;
        } catch (IllegalArgumentException foreign) {
            return Position.UNKNOWN;
        }
    }

    static Marks.Difference difference(List<Object> reply) {
        var ofTags = (List<?>) reply.get(5);
        var ofKeys = (List<?>) reply.get(6);
        return new Marks.Difference(
                position(reply),
                (Long) reply.get(2),
                (Long) reply.get(3),
                (Long) reply.get(4),
                Members.EVICTED.among(ofTags, ofKeys),
                Members.EXPIRED.among(ofTags, ofKeys));
    }

    private static long generation(byte[] digits) {
        return HexFormat.fromHexDigitsToLong(new String(digits, US_ASCII));
    }
}
