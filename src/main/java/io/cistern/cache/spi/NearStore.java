package io.cistern.cache.spi;

import io.cistern.cache.entry.Entry;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * Entries of one cache in this process, ready to be served. Bounded; it may drop anything at any
 * time. Whether an entry may be served is the engine's to decide.
 */
public interface NearStore {

    /** Holds nothing. */
    NearStore NONE =
            new NearStore() {
                @Override
                public Item get(String key) {
                    return null;
                }

                @Override
                public void put(String key, Item item) {
                    // holds nothing
                }

                @Override
                public void remove(String key) {
                    // holds nothing
                }

                @Override
                public void remove(String key, Item item) {
                    // holds nothing
                }

                @Override
                public void clear() {
                    // holds nothing
                }

                @Override
                public long prune(BiPredicate<String, Item> dead) {
                    return 0;
                }

                @Override
                public void forEach(BiConsumer<String, Item> visitor) {
                    // holds nothing
                }

                @Override
                public boolean isEmpty() {
                    return true;
                }

                @Override
                public Store.Usage usage() {
                    return Store.Usage.NONE;
                }

                @Override
                public void close() {
                    // holds nothing
                }
            };

    /** The item, or null. */
    Item get(String key);

    void put(String key, Item item);

    void remove(String key);

    /** Removes it unless another took its place. */
    void remove(String key, Item item);

    void clear();

    /** Drops what the test names; how many those were. */
    long prune(BiPredicate<String, Item> dead);

    /** Shows what it holds, as it is about now; changes meanwhile may show or not. */
    void forEach(BiConsumer<String, Item> visitor);

    /** Whether it holds nothing, as far as that can be told in no time. */
    boolean isEmpty();

    Store.Usage usage();

    /** Gives its memory back. */
    void close();

    /** Opens near stores; all of them share one bound of bytes. */
    interface Factory {
        /**
         * @param cache the cache's name
         * @param maxEntries how many entries at most
         */
        NearStore open(String cache, long maxEntries);
    }

    /** An entry with what only this process knows of it. */
    final class Item {
        private final Entry entry;
        private final long freshUntilNanos;
        private final long staleUntilNanos;
        private volatile long checkedAt;

        /**
         * @param entry the entry
         * @param freshUntilNanos served as fresh up to this moment of the monotonic clock
         * @param staleUntilNanos of no use after it
         * @param checkedAt the version at which it was last known to live
         */
        public Item(Entry entry, long freshUntilNanos, long staleUntilNanos, long checkedAt) {
            this.entry = entry;
            this.freshUntilNanos = freshUntilNanos;
            this.staleUntilNanos = staleUntilNanos;
            this.checkedAt = checkedAt;
        }

        public Entry entry() {
            return entry;
        }

        public long freshUntilNanos() {
            return freshUntilNanos;
        }

        public long staleUntilNanos() {
            return staleUntilNanos;
        }

        /**
         * The same, told stale before its time.
         *
         * @param nanos up to when it was fresh, by the monotonic clock
         */
        public Item expired(long nanos) {
            return new Item(entry.expired(), nanos, staleUntilNanos, checkedAt);
        }

        public long checkedAt() {
            return checkedAt;
        }

        public void checkedAt(long version) {
            checkedAt = version;
        }
    }
}
