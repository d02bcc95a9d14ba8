package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Marks;

/** What became of an entry by what is known of invalidations. Its age is another matter. */
enum Judgement {
    /** Nothing: its times say whether it is fresh. */
    AS_IT_IS,
    /** It was told stale. */
    EXPIRED,
    DEAD;

    /**
     * @param marks of the key's partition
     * @param knownAt a version at which the entry was known to live
     */
    static Judgement of(Marks marks, String key, Entry entry, long knownAt) {
        if (!marks.isLive(key, entry.position(), entry.tags(), knownAt)) {
            return DEAD;
        }
        if (!marks.isExpired(key, entry.position(), entry.tags())) {
            return AS_IT_IS;
        }
        // That the origin has no such value is not worth keeping.
        return entry.negative() ? DEAD : EXPIRED;
    }
}
