package io.cistern.store.near;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Store;
import io.cistern.store.EvictionListener;
import io.cistern.store.Held;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * The near store of one cache. An item weighs what it uses of the heap, yet no less than one slot,
 * the share of bytes divided by the number of entries: so one bound keeps both the bytes and the
 * number.
 */
final class CaffeineNearStore implements NearStore {

    private final String cache;
    private final long maxEntries;
    private final EvictionListener listener;
    private final Consumer<CaffeineNearStore> onClose;
    private final Held held = new Held();
    private final Cache<String, Item> items;
    private volatile int slot = 1;
    private volatile boolean closed;

    CaffeineNearStore(
            String cache,
            long maxEntries,
            Clock clock,
            EvictionListener listener,
            Consumer<CaffeineNearStore> onClose) {
        this.cache = cache;
        this.maxEntries = maxEntries;
        this.listener = listener;
        this.onClose = onClose;
        this.items =
                Caffeine.newBuilder()
                        .maximumWeight(0)
                        .weigher(this::weigh)
                        .expireAfter(new AtStaleUntil())
                        .ticker(clock::nanos)
                        // Housekeeping takes microseconds: no hand-over, and counts are exact.
                        .executor(Runnable::run)
                        .removalListener(this::removed)
                        .build();
    }

    long maxEntries() {
        return maxEntries;
    }

    /**
     * Changes the bound.
     *
     * @param bytesPerEntry bytes for each entry that may be held
     */
    void limit(double bytesPerEntry) {
        var nextSlot = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytesPerEntry));
        var share = (long) (bytesPerEntry * maxEntries);
        // Where a slot reaches the largest weight there is, the number bounds more tightly.
        var maximum = bytesPerEntry < 1 ? share : Math.min(share, nextSlot * maxEntries);
        var isLarger = nextSlot > slot;
        slot = nextSlot;
        items.policy().eviction().orElseThrow().setMaximum(closed ? 0 : maximum);
        if (isLarger) {
            // Weights are taken when something is put: those that weigh a smaller slot would make
            // room for more entries than allowed.
            items.asMap().forEach((key, item) -> items.asMap().replace(key, item, item));
        }
        items.cleanUp();
    }

    @Override
    public Item get(String key) {
        return items.getIfPresent(key);
    }

    @Override
    public void put(String key, Item item) {
        if (closed) {
            return;
        }
        held.add(key, item.entry());
        if (items.asMap().put(key, item) == item) {
            // The same once more: nobody is told of a removal.
            held.remove(key, item.entry());
        }
    }

    @Override
    public void remove(String key) {
        items.asMap().remove(key);
    }

    @Override
    public void remove(String key, Item item) {
        items.asMap().remove(key, item);
    }

    @Override
    public void clear() {
        items.invalidateAll();
    }

    @Override
    public long prune(BiPredicate<String, Item> dead) {
        var count = 0L;
        for (var item : items.asMap().entrySet()) {
            if (dead.test(item.getKey(), item.getValue())
                    && items.asMap().remove(item.getKey(), item.getValue())) {
                count++;
            }
        }
        return count;
    }

    @Override
    public void forEach(BiConsumer<String, Item> visitor) {
        items.asMap().forEach(visitor);
    }

    @Override
    public boolean isEmpty() {
        return items.asMap().isEmpty();
    }

    @Override
    public Store.Usage usage() {
        items.cleanUp();
        return held.usage();
    }

    @Override
    public void close() {
        closed = true;
        // What is put by somebody who did not see it closed yet goes at once.
        items.policy().eviction().orElseThrow().setMaximum(0);
        items.invalidateAll();
        onClose.accept(this);
    }

    private int weigh(String key, Item item) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(slot, Held.bytes(key, item.entry())));
    }

    private void removed(String key, Item item, RemovalCause cause) {
        held.remove(key, item.entry());
        if (cause == RemovalCause.SIZE && !closed) {
            listener.evicted(cache, EvictionListener.Cause.SIZE);
        } else if (cause == RemovalCause.EXPIRED) {
            listener.evicted(cache, EvictionListener.Cause.EXPIRED);
        }
    }

    /** An item goes when it is of no use any more, however often it is read. */
    private static final class AtStaleUntil implements Expiry<String, Item> {
        @Override
        public long expireAfterCreate(String key, Item item, long now) {
            return Math.max(0, item.staleUntilNanos() - now);
        }

        @Override
        public long expireAfterUpdate(String key, Item item, long now, long left) {
            return Math.max(0, item.staleUntilNanos() - now);
        }

        @Override
        public long expireAfterRead(String key, Item item, long now, long left) {
            return left;
        }
    }
}
