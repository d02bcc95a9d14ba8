package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Marks;

/**
 * What is bounded in Redis and on the way there.
 *
 * @param marks how many tags and patterns, and how many keys, are remembered for each partition
 * @param recordBytes the largest record that is written or decoded
 * @param entriesPerFill how many entries go into one call
 * @param entriesPerWarmPart how many do ahead of any demand
 * @param bytesPerFill how many bytes of entries go into one call, unless one alone has more
 * @param namesPerStep how many names an atomic step of an invalidation takes
 */
public record RedisLimits(
        int marks,
        int recordBytes,
        int entriesPerFill,
        int entriesPerWarmPart,
        int bytesPerFill,
        int namesPerStep) {

    /** Room for the default largest value and then some. */
    public static final RedisLimits DEFAULT =
            new RedisLimits(Marks.LIMIT, 64 << 20, 100, 500, 1 << 20, 1000);

    /** Lua takes no more arguments than a few thousand in one call. */
    private static final int MAX_NAMES = 1000;

    /** Redis refuses expiry times that overflow. */
    private static final long MAX_LIFETIME_MILLIS = 1000L * 365 * 24 * 3600 * 1000;

    public RedisLimits {
        if (marks < 1 || recordBytes < 1 || bytesPerFill < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
        if (entriesPerFill < 1 || entriesPerFill > MAX_NAMES) {
            throw new IllegalArgumentException("entries per fill: 1 to " + MAX_NAMES);
        }
        if (entriesPerWarmPart < 1 || entriesPerWarmPart > MAX_NAMES) {
            throw new IllegalArgumentException("entries per part: 1 to " + MAX_NAMES);
        }
        if (namesPerStep < 1 || namesPerStep > MAX_NAMES) {
            throw new IllegalArgumentException("names per step: 1 to " + MAX_NAMES);
        }
    }

    /** For how many milliseconds an entry is stored from a moment on; none if it is dead. */
    long lifetime(Entry entry, long now) {
        if (entry.isDeadAt(now)) {
            return 0;
        }
        var until = Math.min(entry.keptUntil(), now + MAX_LIFETIME_MILLIS);
        return until - now + 1;
    }
}
