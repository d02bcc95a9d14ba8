package io.cistern.store;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.spi.Store.Usage;
import java.util.concurrent.atomic.LongAdder;

/** Counts what is held in this process: entries and their bytes, keys included. */
public final class Held {

    /** The objects around an entry: the text of its key, an item, and the map's node. */
    private static final long OVERHEAD = 160;

    private final LongAdder entries = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    /**
     * @param key an entry's key
     * @param entry the entry
     * @return what both use of the heap, in bytes, near enough for a bound
     */
    public static long bytes(String key, Entry entry) {
        return bytes(key, entry.weight());
    }

    /**
     * @param key an entry's key
     * @param weight of the entry without it, in bytes
     * @return what both use of the heap, in bytes
     */
    public static long bytes(String key, long weight) {
        return OVERHEAD + 2L * key.length() + weight;
    }

    public void add(String key, Entry entry) {
        entries.increment();
        bytes.add(bytes(key, entry));
    }

    public void remove(String key, Entry entry) {
        entries.decrement();
        bytes.add(-bytes(key, entry));
    }

    public Usage usage() {
        return new Usage(entries.sum(), bytes.sum());
    }
}
