package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Glob;
import io.cistern.cache.order.Marks;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Store;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What of one cache is near, and the judgement of what of it lives. */
final class NearTier {

    private final NearStore store;
    private final CachePolicy policy;
    private final Clock clock;
    private final Function<String, Marks> marks;

    /** Rises whenever what is near may have missed something: what was read before is not kept. */
    private final AtomicLong epoch = new AtomicLong();

    private volatile boolean closed;

    /**
     * @param store where it is
     * @param policy of the cache
     * @param clock by whose monotonic time it ages
     * @param marks by key, what is known of invalidations
     */
    NearTier(NearStore store, CachePolicy policy, Clock clock, Function<String, Marks> marks) {
        this.store = store;
        this.policy = policy;
        this.clock = clock;
        this.marks = marks;
    }

    /** To be taken before a read whose outcome is to be kept. */
    long epoch() {
        return epoch.get();
    }

    /** Forgets all: the store was away, and others may have changed what it did not tell. */
    void forget() {
        epoch.incrementAndGet();
        store.clear();
    }

    /** What is there for an asker and lives, fresh or stale; null if there is nothing. */
    NearStore.Item find(String key, Validity validity, long nanos) {
        var nearKey = validity.nearKey(key);
        var item = store.get(nearKey);
        if (item == null) {
            return null;
        }
        var found = judged(key, item, nanos);
        if (found == null) {
            store.remove(nearKey, item);
        }
        return found;
    }

    /** What was found once as it is at a later moment; null if it is dead. */
    NearStore.Item judged(String key, NearStore.Item item, long nanos) {
        var judgement = nanos - item.staleUntilNanos() <= 0 ? judge(key, item) : Judgement.DEAD;
        return switch (judgement) {
            case AS_IT_IS -> item;
            case EXPIRED -> item.expired(nanos - 1);
            case DEAD -> null;
        };
    }

    private boolean isLive(String key, NearStore.Item item) {
        return judge(key, item) != Judgement.DEAD;
    }

    private Judgement judge(String key, NearStore.Item item) {
        var known = marks.apply(key);
        // First the position, then the marks: a mark made in between shows at the next look.
        var position = known.position();
        var entry = item.entry();
        var ofThisGeneration = entry.position().generation() == position.generation();
        if (ofThisGeneration && item.checkedAt() == position.version()) {
            return Judgement.AS_IT_IS;
        }
        var judgement = Judgement.of(known, key, entry, item.checkedAt());
        if (judgement == Judgement.AS_IT_IS && ofThisGeneration) {
            item.checkedAt(position.version());
        }
        return judgement;
    }

    /**
     * Keeps an entry, unless something came in between that it can't be told to have survived.
     *
     * @param validity for whom
     * @param knownAt the version at which it was known to live
     * @param sinceEpoch the epoch before it was read
     * @return whether it is there now
     */
    boolean keep(String key, Validity validity, Entry entry, long knownAt, long sinceEpoch) {
        return !isNewerThere(key, validity, entry)
                && put(key, validity, entry, knownAt, sinceEpoch);
    }

    /**
     * Keeps an entry that the store has just taken, unless something came in between that it can't
     * be told to have survived.
     *
     * @param sinceEpoch the epoch before its load began
     * @return whether it is there now
     */
    boolean keepStored(String key, Validity validity, Entry entry, long sinceEpoch) {
        return put(key, validity, entry, entry.position().version(), sinceEpoch);
    }

    private boolean put(String key, Validity validity, Entry entry, long knownAt, long sinceEpoch) {
        return put(validity.nearKey(key), key, entry, knownAt, sinceEpoch);
    }

    private boolean put(String nearKey, String key, Entry entry, long knownAt, long sinceEpoch) {
        if (store == NearStore.NONE || closed || entry.isExpired() || sinceEpoch != epoch.get()) {
            return false;
        }
        // However the store's time was corrected: no longer than from the entry's first moment.
        var millis = Math.max(clock.millis(), entry.created());
        var nanos = clock.nanos();
        var fresh = nanosUntil(entry.freshUntil(), millis);
        if (policy.nearTtl().isPresent()) {
            fresh = Math.min(fresh, policy.nearTtl().get().toNanos());
        }
        var item =
                new NearStore.Item(
                        entry.alone(),
                        nanos + fresh,
                        nanos + nanosUntil(entry.staleUntil(), millis),
                        knownAt);
        if (judge(key, item) != Judgement.AS_IT_IS) {
            return false;
        }
        store.put(nearKey, item);
        if (sinceEpoch != epoch.get()) {
            store.remove(nearKey, item);
            return false;
        }
        return true;
    }

    /**
     * Takes in what was near in another life of this instance, unless something came in between
     * that it can't be told to have survived.
     *
     * @param knownAt the version at which it was known to live
     * @param sinceEpoch the epoch before what came in between was asked
     */
    boolean restore(String nearKey, Entry entry, long knownAt, long sinceEpoch) {
        return store.get(nearKey) == null
                && !entry.isDeadAt(clock.millis())
                && put(nearKey, Validity.keyOf(nearKey), entry, knownAt, sinceEpoch);
    }

    /** Shows what lives, by the names under which it is near. */
    void forEach(BiConsumer<String, Entry> visitor) {
        var nanos = clock.nanos();
        store.forEach(
                (nearKey, item) -> {
                    if (judged(Validity.keyOf(nearKey), item, nanos) == item) {
                        visitor.accept(nearKey, item.entry());
                    }
                });
    }

    /** What was read before a refresh may be told after it. */
    private boolean isNewerThere(String key, Validity validity, Entry entry) {
        var there = store.get(validity.nearKey(key));
        return there != null && isNewer(there.entry(), entry) && isLive(key, there);
    }

    private static boolean isNewer(Entry one, Entry other) {
        var byOrder = Long.compare(one.position().version(), other.position().version());
        return byOrder == 0 ? one.created() > other.created() : byOrder > 0;
    }

    private static long nanosUntil(long then, long now) {
        return Math.min(then - now, Long.MAX_VALUE / 4_000_000) * 1_000_000;
    }

    void remove(String key) {
        store.remove(key);
    }

    /** Drops what a change names. */
    void drop(Change change) {
        change.keys().forEach(store::remove);
        if (!change.tags().isEmpty() || !change.patterns().isEmpty() || change.all()) {
            var globs = change.patterns().stream().map(Glob::of).toList();
            store.prune(
                    (nearKey, item) ->
                            change.all()
                                    || item.entry().tags().stream()
                                            .anyMatch(change.tags()::contains)
                                    || globs.stream()
                                            .anyMatch(
                                                    glob -> glob.matches(Validity.keyOf(nearKey))));
        }
    }

    /** Drops what is dead, or was made before some moment; how many that were. */
    long prune(long before) {
        var nanos = clock.nanos();
        return store.prune(
                (nearKey, item) ->
                        nanos - item.staleUntilNanos() > 0
                                || item.entry().created() < before
                                || !isLive(Validity.keyOf(nearKey), item));
    }

    boolean isEmpty() {
        return store.isEmpty();
    }

    Store.Usage usage() {
        return store.usage();
    }

    void close() {
        closed = true;
        epoch.incrementAndGet();
        store.close();
    }
}
