package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

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
            return new Position(
                    generation(generation), Long.parseLong(new String(version, US_ASCII)));
        } catch (IllegalArgumentException foreign) {
            return Position.UNKNOWN;
        }
    }

    static Marks.Difference difference(List<Object> reply) {
        var tags = new HashMap<String, Long>();
        var patterns = new HashMap<String, Long>();
        var keys = new HashMap<String, Long>();
        Map<Character, Map<String, Long>> kinds = Map.of('t', tags, 'p', patterns, 'k', keys);
        addMarks((List<?>) reply.get(4), kinds);
        addMarks((List<?>) reply.get(5), kinds);
        return new Marks.Difference(
                position(reply), (Long) reply.get(2), (Long) reply.get(3), tags, patterns, keys);
    }

    private static void addMarks(List<?> membersAndVersions, Map<Character, Map<String, Long>> to) {
        for (var i = 0; i + 1 < membersAndVersions.size(); i += 2) {
            var member = new String((byte[]) membersAndVersions.get(i), UTF_8);
            // What has another kind is somebody's who knows more than this version.
            if (member.length() >= 2 && member.charAt(1) == ':') {
                var kind = to.get(member.charAt(0));
                if (kind != null) {
                    var version = new String((byte[]) membersAndVersions.get(i + 1), US_ASCII);
                    kind.put(member.substring(2), (long) Double.parseDouble(version));
                }
            }
        }
    }

    private static long generation(byte[] digits) {
        return HexFormat.fromHexDigitsToLong(new String(digits, US_ASCII));
    }
}
