package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.entry.ValuePacking;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Records of entries, as each cache has them. */
final class Records {

    private static final ValuePacking PACKING = new Zstandard();

    private final Map<String, Long> compressAbove = new ConcurrentHashMap<>();

    /**
     * @param bytes how many a value of the cache has at most that is not compressed
     */
    void compress(String cache, long bytes) {
        compressAbove.put(cache, bytes);
    }

    byte[] encode(Names of, Entry entry) {
        var above = compressAbove.getOrDefault(of.cache(), Long.MAX_VALUE);
        return EntryFormat.encode(
                entry, entry.value().length > above ? PACKING : ValuePacking.NONE);
    }

    /** Whatever the cache has now: what lies there may be older. */
    static Optional<Entry> decode(byte[] record) {
        return EntryFormat.decode(record, PACKING);
    }
}
