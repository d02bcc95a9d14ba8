package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The stores of one cache, near and shared, and the judgement of what in them lives. Whatever
 * leaves this class was alive at a moment after the call began.
 */
final class Tiers {

    private final Store store;
    private final NearTier near;
    private final Clock clock;
    private final Replicas replicas;

    Tiers(Replicas replicas, Store store, NearStore near, CachePolicy policy, Clock clock) {
        this.store = store;
        this.near = new NearTier(near, policy, clock, key -> replica(key).marks());
        this.clock = clock;
        this.replicas = replicas;
    }

    /** What of it is near. */
    NearTier near() {
        return near;
    }

    Replica replica(String key) {
        return replicas.of(key);
    }

    /** Where the shared store's hits come from. */
    LookupResult.Way storeWay() {
        return store.tier() == Store.Tier.NEAR ? LookupResult.Way.NEAR : LookupResult.Way.SHARED;
    }

    /** Whether an entry that was known to live at some version still does, and is not too old. */
    boolean isServable(String key, Entry entry, long knownAt) {
        return !entry.isDeadAt(clock.millis()) && isLive(key, entry, knownAt);
    }

    /** Whether no invalidation touched an entry since it was known to live. */
    boolean isLive(String key, Entry entry, long knownAt) {
        return replicas.isLive(key, entry, knownAt);
    }

    /**
     * Reads from the shared store. Never fails: a store that is away holds nothing, and says so.
     *
     * @param replica of the keys' partition
     * @param keys the keys
     */
    CompletionStage<Seen> read(Replica replica, List<String> keys) {
        var before = near.epoch();
        if (!store.isAvailable()) {
            return CompletableFuture.completedFuture(new Seen(Map.of(), 0, before, false));
        }
        return Stages.attempt(() -> store.read(replica.partition(), keys))
                .thenCompose(
                        view ->
                                replica.reach(view.position())
                                        .thenApply(reached -> judge(replica, view, before)))
                .exceptionally(error -> new Seen(Map.of(), 0, before, false));
    }

    private Seen judge(Replica replica, Store.View view, long before) {
        var version = view.position().version();
        var now = clock.millis();
        Map<String, Entry> living = new HashMap<>();
        view.entries()
                .forEach(
                        (key, entry) -> {
                            if (!entry.isDeadAt(now)
                                    && replica.marks()
                                            .isLive(key, entry.position(), entry.tags(), version)) {
                                living.put(key, entry);
                            }
                        });
        return new Seen(living, version, before, true);
    }

    /**
     * Stores what a load brought, where no invalidation overtook it. Never fails.
     *
     * @param replica of the keys' partition
     * @param entries by key, with the position at which their load began
     * @param sinceEpoch the epoch before the load began
     * @return the keys that are stored, here or there
     */
    CompletionStage<Set<String>> fill(
            Replica replica, Map<String, Entry> entries, long sinceEpoch) {
        if (entries.isEmpty()) {
            return CompletableFuture.completedFuture(Set.of());
        }
        CompletionStage<Set<String>> filled =
                store.isAvailable()
                        ? Stages.attempt(() -> store.fill(replica.partition(), entries))
                        : CompletableFuture.failedFuture(
                                new StoreUnavailableException("the store is away"));
        return filled.handle(
                (stored, error) -> {
                    var kept =
                            keepNear(
                                    entries,
                                    error == null ? stored : replica.survivors(entries),
                                    sinceEpoch);
                    return error == null ? stored : kept;
                });
    }

    private Set<String> keepNear(Map<String, Entry> entries, Set<String> keys, long sinceEpoch) {
        Set<String> kept = new HashSet<>();
        for (var key : keys) {
            var entry = entries.get(key);
            if (near.keep(key, entry, entry.position().version(), sinceEpoch)) {
                kept.add(key);
            }
        }
        return kept;
    }

    /** Puts a value in the place of whatever is there. Fails if the store can't take it now. */
    CompletionStage<Void> put(String key, Entry entry) {
        var replica = replica(key);
        var before = near.epoch();
        return changing(
                replica,
                Change.key(key),
                () -> store.put(replica.partition(), key, entry),
                position -> near.keep(key, entry.at(position), position.version(), before));
    }

    /** Takes a change in everywhere. Fails if the store can't take it now. */
    CompletionStage<Void> invalidate(Change change) {
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        for (var replica : replicas.all()) {
            var part = replicas.partOf(change, replica);
            if (part != null) {
                parts.add(
                        changing(
                                        replica,
                                        part,
                                        () -> store.invalidate(replica.partition(), part),
                                        position -> {})
                                .toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    /** This instance takes its own change in before anybody is told that it took effect. */
    private CompletionStage<Void> changing(
            Replica replica,
            Change change,
            Supplier<CompletionStage<Position>> inStore,
            Consumer<Position> then) {
        if (!store.isAvailable()) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailableException("the store is away"));
        }
        return Stages.attempt(inStore)
                .thenCompose(
                        position ->
                                replica.changed(change, position)
                                        .thenAccept(
                                                known -> {
                                                    change.keys().forEach(near::remove);
                                                    then.accept(position);
                                                }))
                .whenComplete(
                        (done, error) -> {
                            if (error != null) {
                                // It may have taken effect all the same: what is near can't be
                                // told.
                                near.drop(change);
                            }
                        });
    }

    /** An entry, wherever it is; null where there is none. Fails where the store can't be asked. */
    CompletionStage<Entry> peek(String key) {
        var item = near.find(key, clock.nanos());
        if (item != null) {
            return CompletableFuture.completedFuture(item.entry());
        }
        if (!store.isAvailable()) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailableException("the store is away"));
        }
        return read(replica(key), List.of(key))
                .thenApply(
                        seen -> {
                            if (!seen.available()) {
                                throw new StoreUnavailableException("the store does not answer");
                            }
                            return seen.entries().get(key);
                        });
    }

    /** Deletes what is dead; how many that were, in both stores. */
    CompletionStage<Long> prune() {
        var removed = CompletableFuture.completedFuture(near.prune());
        for (var replica : replicas.all()) {
            removed =
                    removed.thenCombine(
                            replica.reach(Position.UNKNOWN)
                                    .thenCompose(
                                            known ->
                                                    store.prune(
                                                            replica.partition(),
                                                            (key, entry) ->
                                                                    replicas.isDead(
                                                                            replica,
                                                                            key,
                                                                            entry,
                                                                            clock.millis()))),
                            Long::sum);
        }
        return removed;
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
     * @param entries by key, what lives
     * @param knownAt the version at which it was known to live
     * @param epoch the epoch before the read
     * @param available whether the store answered
     */
    record Seen(Map<String, Entry> entries, long knownAt, long epoch, boolean available) {}
}
