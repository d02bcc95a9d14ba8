package io.cistern.store;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;

/** One partition of a store, for tests that wait for each answer. */
public final class SyncStore {

    private final Store store;
    private final Partition partition;

    public SyncStore(Store store, String cache) {
        this.store = store;
        this.partition = new Partition(cache, 0);
    }

    public static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public Store.View read(String... keys) {
        return await(store.read(partition, List.of(keys)));
    }

    public Store.View readAll(List<String> keys) {
        return await(store.read(partition, keys));
    }

    public Marks.Difference changes(Position known) {
        return await(store.changes(partition, known));
    }

    /** The present position, in an order that exists. */
    public Position position() {
        return changes(Position.UNKNOWN).position();
    }

    /** Of the whole cache. */
    public List<Location> locations() {
        return await(store.locations(partition.cache()));
    }

    public Set<String> fill(String key, Entry entry) {
        return fill(Map.of(key, entry));
    }

    public Set<String> fill(Map<String, Entry> entries) {
        return await(store.fill(partition, entries, null)).stored();
    }

    public Lease.Filled fill(Map<String, Entry> entries, String owner) {
        return await(store.fill(partition, entries, owner));
    }

    public Lease lease(String key, Position seen, String owner) {
        return lease(new Lease.Wanted(key, seen, null), owner, Duration.ofMinutes(1));
    }

    public Lease lease(Lease.Wanted wanted, String owner, Duration lifetime) {
        var reply = await(store.lease(partition, List.of(wanted), owner, lifetime));
        return reply.leases().get(wanted.key());
    }

    public Map<String, Lease> leaseAll(List<String> keys, String owner) {
        var wanted = keys.stream().map(key -> new Lease.Wanted(key, null, null)).toList();
        return await(store.lease(partition, wanted, owner, Duration.ofMinutes(1))).leases();
    }

    /** Another cache in the same store. */
    public SyncStore other(String cache) {
        return new SyncStore(store, cache);
    }

    public Set<String> renew(Set<String> keys, String owner, Duration lifetime) {
        return await(store.renew(partition, keys, owner, lifetime));
    }

    public Set<String> release(String key, String owner) {
        return await(store.release(partition, Set.of(key), owner));
    }

    public Position invalidate(Change change) {
        return await(store.invalidate(partition, change));
    }

    public Position put(String key, Entry entry) {
        return await(store.put(partition, key, entry));
    }

    public long prune(BiPredicate<String, Entry> dead) {
        return await(store.prune(partition, dead));
    }

    /** What a lookup that knows nothing yet may serve, freshness aside. */
    public Optional<Entry> live(String key) {
        var view = read(key);
        var marks = marks();
        return Optional.ofNullable(view.entries().get(key))
                .filter(
                        entry ->
                                marks.isLive(
                                        key,
                                        entry.position(),
                                        entry.tags(),
                                        view.position().version()));
    }

    /** What of that was not told stale. */
    public Optional<Entry> fresh(String key) {
        var marks = marks();
        return live(key).filter(entry -> !marks.isExpired(key, entry.position(), entry.tags()));
    }

    /** A fresh replica of the marks. */
    public Marks marks() {
        var marks = new Marks();
        marks.apply(changes(Position.UNKNOWN));
        return marks;
    }
}
