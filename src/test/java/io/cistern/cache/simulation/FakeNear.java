package io.cistern.cache.simulation;

import io.cistern.cache.order.Position;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Store;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/** A near store that is small, and evicts whom it likes. */
public final class FakeNear implements NearStore {

    private final Map<String, Item> items = new TreeMap<>();
    private final Map<String, Item> removed = new TreeMap<>();
    private final long maxEntries;
    private final Random random;
    private final Supplier<Position> forged;
    private boolean closed;

    /**
     * @param maxEntries how many it holds
     * @param random whom it evicts
     * @param forged null; or it gives back what was removed, as of this position
     */
    public FakeNear(long maxEntries, Random random, Supplier<Position> forged) {
        this.maxEntries = maxEntries;
        this.random = random;
        this.forged = forged;
    }

    @Override
    public Item get(String key) {
        var item = items.get(key);
        var old = removed.get(key);
        if (item == null && forged != null && old != null) {
            return revived(old);
        }
        return item;
    }

    private Item revived(Item item) {
        var position = forged.get();
        return new Item(
                item.entry().at(position),
                item.freshUntilNanos(),
                item.staleUntilNanos(),
                position.version());
    }

    @Override
    public void put(String key, Item item) {
        items.put(key, item);
        while (items.size() > maxEntries) {
            evictAny();
        }
    }

    /** Drops one entry, if there is one. */
    public void evictAny() {
        var keys = new ArrayList<>(items.keySet());
        if (!keys.isEmpty()) {
            items.remove(keys.get(random.nextInt(keys.size())));
        }
    }

    @Override
    public void remove(String key) {
        var item = items.remove(key);
        if (item != null) {
            removed.put(key, item);
        }
    }

    @Override
    public void remove(String key, Item item) {
        if (items.remove(key, item)) {
            removed.put(key, item);
        }
    }

    @Override
    public void clear() {
        items.clear();
    }

    @Override
    public long prune(BiPredicate<String, Item> dead) {
        var before = items.size();
        items.entrySet().removeIf(each -> dead.test(each.getKey(), each.getValue()));
        return before - items.size();
    }

    @Override
    public void forEach(BiConsumer<String, Item> visitor) {
        Map.copyOf(items).forEach(visitor);
    }

    @Override
    public boolean isEmpty() {
        return items.isEmpty();
    }

    @Override
    public Store.Usage usage() {
        return new Store.Usage(items.size(), 0);
    }

    @Override
    public void close() {
        closed = true;
        items.clear();
    }

    public boolean isClosed() {
        return closed;
    }
}
