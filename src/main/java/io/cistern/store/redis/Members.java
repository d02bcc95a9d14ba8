package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.cache.order.MarkSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of marks in the sorted sets: a kind, a colon, and what was invalidated. */
final class Members {

    static final Members EVICTED = new Members("");
    static final Members EXPIRED = new Members("x");

    private static final String TAG = "t:";
    private static final String PATTERN = "p:";
    private static final String KEY = "k:";

    private final String mode;

    /**
     * @param mode what their kinds begin with
     */
    private Members(String mode) {
        this.mode = mode;
    }

    byte[] tag(String tag) {
        return (mode + TAG + tag).getBytes(UTF_8);
    }

    byte[] pattern(String pattern) {
        return (mode + PATTERN + pattern).getBytes(UTF_8);
    }

    byte[] key(String key) {
        return (mode + KEY + key).getBytes(UTF_8);
    }

    /**
     * Those of this mode among members with their scores, one after the other. What has a kind that
     * is unknown here is somebody's who knows more than this version.
     */
    MarkSet.Named among(List<?>... sets) {
        var tags = new HashMap<String, Long>();
        var patterns = new HashMap<String, Long>();
        var keys = new HashMap<String, Long>();
        Map<String, Map<String, Long>> kinds =
                Map.of(mode + TAG, tags, mode + PATTERN, patterns, mode + KEY, keys);
        for (var set : sets) {
            for (var i = 0; i + 1 < set.size(); i += 2) {
                var member = new String((byte[]) set.get(i), UTF_8);
                var kind = kinds.get(member.substring(0, member.indexOf(':') + 1));
                if (kind != null) {
                    kind.put(
                            member.substring(member.indexOf(':') + 1),
                            (long) Double.parseDouble(new String((byte[]) set.get(i + 1), UTF_8)));
                }
            }
        }
        return new MarkSet.Named(tags, patterns, keys);
    }
}
