package io.cistern.store.redis;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes records of entries, as each cache has them. */
final class Records {

    private final Map<String, Long> compressAbove = new ConcurrentHashMap<>();

    /**
     * @param bytes how many a value of the cache has at most that is not compressed
     */
    void compress(String cache, long bytes) {
        compressAbove.put(cache, bytes);
    }

    byte[] encode(Names of, Entry entry) {
        return EntryFormat.encode(entry, compressAbove.getOrDefault(of.cache(), Long.MAX_VALUE));
    }
}
