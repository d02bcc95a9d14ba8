package io.cistern.store.near;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.NearStore;
import io.cistern.store.EvictionListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens near stores that share one bound of bytes, in proportion to how many entries each may hold.
 * The shares follow when one is opened or closed.
 */
public final class CaffeineNearStores implements NearStore.Factory {

    private final long maxBytes;
    private final Clock clock;
    private final EvictionListener listener;
    private final List<CaffeineNearStore> open = new ArrayList<>();

    /**
     * @param maxBytes what all near stores together may use, in bytes
     * @param clock by whose monotonic time items expire
     * @param listener is told what is evicted
     */
    public CaffeineNearStores(long maxBytes, Clock clock, EvictionListener listener) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("a near store needs at least one byte");
        }
        this.maxBytes = maxBytes;
        this.clock = clock;
        this.listener = listener;
    }

    /** A quarter of the heap. */
    public static long defaultBytes() {
        return Runtime.getRuntime().maxMemory() / 4;
    }

    /**
     * @param cache the cache's name
     * @param maxEntries how many entries at most; none where it is not positive
     */
    @Override
    public synchronized NearStore open(String cache, long maxEntries) {
        if (maxEntries <= 0) {
            return NearStore.NONE;
        }
        var store = new CaffeineNearStore(cache, maxEntries, clock, listener, this::closed);
        open.add(store);
        share();
        return store;
    }

    private synchronized void closed(CaffeineNearStore store) {
        if (open.remove(store)) {
            share();
        }
    }

    private void share() {
        var sum = open.stream().mapToDouble(CaffeineNearStore::maxEntries).sum();
        // In the order of opening: the others make room before the newest gets its share.
        open.forEach(store -> store.limit(maxBytes / sum));
    }
}
