package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The stores of one cache, near and shared, and the judgement of what in them lives. Whatever
 * leaves this class was alive at a moment after the call began.
 */
final class Tiers {

    private final Store store;
    private final NearTier near;
    private final Clock clock;
    private final Replicas replicas;
    private final Coherence coherence;

    Tiers(
            Replicas replicas,
            Store store,
            NearStore near,
            CachePolicy policy,
            Clock clock,
            Pulse pulse) {
        this.coherence = new Coherence(store, pulse, policy.whenCut());
        this.store = store;
        this.near = new NearTier(near, policy, clock, key -> replica(key).marks());
        this.clock = clock;
        this.replicas = replicas;
    }

    /** What of it is near. */
    NearTier near() {
        return near;
    }

    /** Whether what is held may be served without asking the store. */
    Coherence coherence() {
        return coherence;
    }

    /**
     * What is near and lives.
     *
     * @param item the entry, fresh or stale
     * @param kept whether no invalidation can have been missed, so that it may be served unasked
     */
    record Held(NearStore.Item item, boolean kept) {
        boolean isFresh(long nanos) {
            return nanos - item.freshUntilNanos() <= 0;
        }
    }

    /**
     * @param validity for whom
     * @param nanos now, in monotonic nanoseconds
     * @return null where nothing is near, or nothing that may ever be served
     */
    Held held(String key, Validity validity, long nanos) {
        // Before the marks are looked at, since those may be older.
        var kept = coherence.isKept(replica(key), nanos);
        var item = near.find(key, validity, nanos);
        return item == null || !kept && !coherence.servesWhenCut() ? null : new Held(item, kept);
    }

    /** Whether what is held is fresh and may be served without asking the store. */
    boolean isHit(Held held, long nanos) {
        return held != null && held.isFresh(nanos) && (held.kept() || coherence.servesNow());
    }

    /** What is known of the order of its partitions. */
    List<Replica> replicas() {
        return replicas.all();
    }

    /**
     * Asks the shared store where a key's partition is now, and learns what was invalidated there.
     */
    CompletionStage<Void> ask(String key) {
        var now = clock.nanos();
        // No question of before, not even of this very moment.
        return replica(key).ask(now + 1, now);
    }

    Replica replica(String key) {
        return replicas.of(key);
    }

    /** Where the shared store's hits come from. */
    LookupResult.Way storeWay() {
        return store.tier() == Store.Tier.NEAR ? LookupResult.Way.NEAR : LookupResult.Way.SHARED;
    }

    /**
     * An entry that was known to live at some version, as it is now.
     *
     * @return the entry, the same told stale, or null if it is dead
     */
    Entry judged(String key, Entry entry, long knownAt) {
        return entry.isDeadAt(clock.millis()) ? null : judge(replica(key), key, entry, knownAt);
    }

    /** Whether no invalidation touched an entry since it was known to live: neither kind. */
    boolean isUntouched(String key, Entry entry, long knownAt) {
        return Judgement.of(replica(key).marks(), key, entry, knownAt) == Judgement.AS_IT_IS;
    }

    /**
     * Reads from the shared store. Never fails: a store that is away holds nothing, and says so.
     *
     * @param replica of the keys' partition
     * @param keys the keys
     * @param validity for whom
     */
    CompletionStage<Seen> read(Replica replica, List<String> keys, Validity validity) {
        var before = near.epoch();
        if (!store.isAvailable()) {
            return CompletableFuture.completedFuture(Seen.nothing(before));
        }
        var asked = clock.nanos();
        return Stages.attempt(() -> store.read(replica.partition(), keys))
                .thenCompose(
                        view ->
                                replica.reach(view.position())
                                        .thenApply(
                                                reached -> {
                                                    replica.known(asked - view.age());
                                                    return judge(replica, view, before, validity);
                                                }))
                .exceptionally(error -> Seen.nothing(before));
    }

    private Seen judge(Replica replica, Store.View view, long before, Validity validity) {
        var version = view.position().version();
        var now = clock.millis();
        Map<String, Entry> living = new HashMap<>();
        Map<String, Position> positions = new HashMap<>();
        Map<String, List<Entry>> elsewhere = new HashMap<>();
        view.entries()
                .forEach(
                        (key, entry) -> {
                            positions.put(key, entry.position());
                            var mine = admitted(replica, key, entry, version, validity, now);
                            if (mine != null) {
                                living.put(key, mine);
                            }
                            var others =
                                    validity.beside(
                                            entry,
                                            other -> isServable(replica, key, other, version, now));
                            if (!others.isEmpty()) {
                                elsewhere.put(key, others);
                            }
                        });
        return new Seen(living, positions, elsewhere, version, before, true);
    }

    /** Of an entry and the others beside it, what answers an asker: the newest; null if none. */
    private static Entry admitted(
            Replica replica, String key, Entry there, long version, Validity validity, long now) {
        Entry newest = null;
        for (var entry : Validity.variants(there)) {
            if (entry.isDeadAt(now)
                    || !validity.admits(entry)
                    || newest != null && newest.created() >= entry.created()) {
                continue;
            }
            var judged = judge(replica, key, entry, version);
            newest = judged == null ? newest : judged;
        }
        return newest;
    }

    private static boolean isServable(
            Replica replica, String key, Entry entry, long version, long now) {
        return !entry.isDeadAt(now) && judge(replica, key, entry, version) != null;
    }

    /** An entry as it is by what is known of invalidations; null if it is dead. */
    private static Entry judge(Replica replica, String key, Entry entry, long knownAt) {
        return switch (Judgement.of(replica.marks(), key, entry, knownAt)) {
            case AS_IT_IS -> entry;
            case EXPIRED -> entry.expired();
            case DEAD -> null;
        };
    }

    /**
     * Asks for the right to load keys. Fails if the store can't be asked.
     *
     * @return how it stands with each of them; what is known of the order is as new as that
     */
    CompletionStage<Map<String, Lease>> lease(
            Replica replica, List<Lease.Wanted> wanted, String owner, Duration lifetime) {
        if (!store.isAvailable()) {
            return CompletableFuture.failedFuture(away());
        }
        return Stages.attempt(() -> store.lease(replica.partition(), wanted, owner, lifetime))
                .thenCompose(
                        reply ->
                                replica.reach(reply.position())
                                        .thenApply(reached -> reply.leases()));
    }

    /**
     * Lets leases stand longer. Fails if the store can't be asked.
     *
     * @return the keys whose lease was still its owner's
     */
    CompletionStage<Set<String>> renew(
            Replica replica, Set<String> keys, String owner, Duration lifetime) {
        if (!store.isAvailable()) {
            return CompletableFuture.failedFuture(away());
        }
        return Stages.attempt(() -> store.renew(replica.partition(), keys, owner, lifetime));
    }

    /** Gives leases back. Never fails: they end by themselves as well. */
    CompletionStage<Set<String>> release(Replica replica, Set<String> keys, String owner) {
        if (keys.isEmpty() || !store.isAvailable()) {
            return CompletableFuture.completedFuture(Set.of());
        }
        return Stages.attempt(() -> store.release(replica.partition(), keys, owner))
                .exceptionally(error -> Set.of());
    }

    /**
     * Stores what a load brought, where no invalidation overtook it and its lease stands. Never
     * fails.
     *
     * @param replica of the keys' partition
     * @param entries by key, with the position at which their load began
     * @param validity for whom they were loaded
     * @param owner of the leases; null where there are none, since the store was away
     * @param sinceEpoch the epoch before the load began
     * @return the keys that are stored, here or there
     */
    CompletionStage<Lease.Filled> fill(
            Replica replica,
            Map<String, Entry> entries,
            Validity validity,
            String owner,
            long sinceEpoch) {
        if (entries.isEmpty()) {
            return CompletableFuture.completedFuture(new Lease.Filled(Set.of(), Set.of()));
        }
        CompletionStage<Lease.Filled> filled =
                store.isAvailable()
                        ? Stages.attempt(() -> store.fill(replica.partition(), entries, owner))
                        : CompletableFuture.failedFuture(away());
        return filled.handle(
                (done, error) -> {
                    if (error == null) {
                        keepNear(entries, done.stored(), validity, sinceEpoch);
                        return done;
                    }
                    var kept =
                            coherence.servesWhenCut()
                                    ? keepNear(
                                            entries,
                                            replica.survivors(entries),
                                            validity,
                                            sinceEpoch)
                                    : Set.<String>of();
                    return new Lease.Filled(kept, Set.of());
                });
    }

    static StoreUnavailableException away() {
        return new StoreUnavailableException("the store is away");
    }

    private Set<String> keepNear(
            Map<String, Entry> entries, Set<String> keys, Validity validity, long sinceEpoch) {
        Set<String> kept = new HashSet<>();
        for (var key : keys) {
            var entry = entries.get(key);
            if (near.keepStored(key, validity, entry, sinceEpoch)) {
                kept.add(key);
            }
        }
        return kept;
    }

    /**
     * An entry that answers an asker, wherever it is, beside those that do not; or, where there is
     * none, one of these. Fails where the store can't be asked.
     *
     * @return null where there is nothing
     */
    CompletionStage<Entry> peek(String key, Validity validity) {
        var item = near.find(key, validity, clock.nanos());
        if (item != null && !validity.isVaried()) {
            return CompletableFuture.completedFuture(item.entry());
        }
        if (!store.isAvailable()) {
            return CompletableFuture.failedFuture(away());
        }
        return read(replica(key), List.of(key), validity)
                .thenApply(
                        seen -> {
                            if (!seen.available()) {
                                throw new StoreUnavailableException("the store does not answer");
                            }
                            var mine = seen.entries().get(key);
                            var others = seen.elsewhere(key);
                            if (mine == null && !others.isEmpty()) {
                                return others.get(0).with(others.subList(1, others.size()));
                            }
                            return mine == null ? null : mine.with(others);
                        });
    }

    /**
     * Deletes what is dead, or was made before some moment.
     *
     * @param before that moment, in milliseconds of the store's time
     * @return how many that were, near and in the store
     */
    CompletionStage<Pruned> prune(long before) {
        var removedNear = near.prune(before);
        CompletionStage<Long> removed = CompletableFuture.completedFuture(0L);
        for (var replica : replicas.all()) {
            removed =
                    removed.thenCombine(
                            replica.reach(Position.UNKNOWN)
                                    .thenCompose(known -> pruneStore(replica, before)),
                            Long::sum);
        }
        return removed.thenApply(inStore -> new Pruned(removedNear, inStore));
    }

    private CompletionStage<Long> pruneStore(Replica replica, long before) {
        return store.prune(
                replica.partition(),
                (key, entry) ->
                        entry.created() < before
                                || replicas.isDead(replica, key, entry, clock.millis()));
    }

    /**
     * How many entries were deleted.
     *
     * @param near those in this process, beside those of the store
     * @param stored those of the store
     */
    record Pruned(long near, long stored) {
        long all() {
            return near + stored;
        }
    }

    Store.Usage usage(String cache) {
        var here = near.usage();
        var there = store.usage(cache);
        return new Store.Usage(here.entries() + there.entries(), here.bytes() + there.bytes());
    }

    void close() {
        near.close();
    }

    /**
     * What a read found.
     *
     * @param entries what lives, by key
     * @param positions of whatever lies there, dead or alive, by key
     * @param elsewhere what lives but was made in another environment than the asker's, by key
     * @param knownAt the version at which the entries were known to live
     * @param epoch before the read
     * @param available whether the store could be asked
     */
    record Seen(
            Map<String, Entry> entries,
            Map<String, Position> positions,
            Map<String, List<Entry>> elsewhere,
            long knownAt,
            long epoch,
            boolean available) {
        private static Seen nothing(long epoch) {
            return new Seen(Map.of(), Map.of(), Map.of(), 0, epoch, false);
        }

        /** The position of what lies under a key; {@link Position#UNKNOWN} for nothing. */
        Position position(String key) {
            return positions.getOrDefault(key, Position.UNKNOWN);
        }

        List<Entry> elsewhere(String key) {
            return elsewhere.getOrDefault(key, List.of());
        }
    }
}
