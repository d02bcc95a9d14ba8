package io.cistern.store.near;

import io.cistern.cache.entry.Entry;
import java.util.HashMap;
import java.util.Map;

/** Near entries of one cache that come back together: not too many, nor too large in all. */
final class NearBatch {

    private static final int MOST_ENTRIES = 1_000;
    private static final long MOST_BYTES = 4 << 20;

    private final Map<String, Entry> entries = new HashMap<>();
    private long bytes;

    /**
     * @return whether it is time to bring them back
     */
    boolean add(String nearKey, Entry entry) {
        entries.put(nearKey, entry);
        bytes += entry.weight();
        return entries.size() >= MOST_ENTRIES || bytes >= MOST_BYTES;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Those that were added. */
    Map<String, Entry> entries() {
        return Map.copyOf(entries);
    }

    void clear() {
        entries.clear();
        bytes = 0;
    }
}
