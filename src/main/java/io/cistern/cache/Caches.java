package io.cistern.cache;

import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Regions;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.Terms;
import io.cistern.cache.spi.Timers;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The caches of this instance, by name. What was counted of a cache and what is known of its
 * invalidations outlives it, until it is forgotten.
 */
public final class Caches {

    private final Map<String, Cache> open = new ConcurrentHashMap<>();
    private final Map<String, Statistics> statistics = new ConcurrentHashMap<>();
    private final Map<String, Replicas> replicas = new ConcurrentHashMap<>();
    private final Set<String> held = new HashSet<>();
    private final Pulse pulse;
    private final Dependents dependents = new Dependents();
    private final Environment environment;
    private volatile Supplier<Optional<Location>> nearKept = Optional::empty;

    /** As below, where there are no other regions. */
    public Caches(
            Store store,
            NearStore.Factory nearStores,
            Clock clock,
            Timers timers,
            Backplane backplane,
            BiFunction<String, Statistics, Observer> observers,
            DoubleSupplier random) {
        this(store, nearStores, clock, timers, backplane, Regions.NONE, observers, random);
    }

    /**
     * @param store the store that all caches share
     * @param nearStores opens their near stores
     * @param clock the time
     * @param timers for time-outs
     * @param backplane tells other instances; {@link #hear} takes in what they tell
     * @param regions tells other regions; {@link #receive} takes in what they tell
     * @param observers for a cache's name and statistics, who is told how long things took
     * @param random evenly from 0 to 1, for jitter
     */
    public Caches(
            Store store,
            NearStore.Factory nearStores,
            Clock clock,
            Timers timers,
            Backplane backplane,
            Regions regions,
            BiFunction<String, Statistics, Observer> observers,
            DoubleSupplier random) {
        this.pulse = new Pulse(clock, timers);
        this.environment =
                new Environment(
                        store,
                        nearStores,
                        clock,
                        timers,
                        backplane,
                        regions,
                        observers,
                        random,
                        this::statistics,
                        name -> replicas.computeIfAbsent(name, any -> new Replicas(any, store)),
                        pulse,
                        dependents,
                        () -> nearKept.get());
        store.remembers(this::memory);
        store.onReturn(() -> open.values().forEach(Cache::forgetNear));
    }

    private Optional<Marks> memory(Partition partition) {
        return Optional.ofNullable(replicas.get(partition.cache()))
                .map(of -> of.all().get(partition.index()).marks());
    }

    private Statistics statistics(String cache) {
        return statistics.computeIfAbsent(cache, any -> new Statistics());
    }

    /**
     * Opens a cache. Takes the place of one that is held: what waits for its origin gets this one.
     *
     * @param name its name
     * @param policy how it behaves
     * @param loader calls its origin
     * @throws IllegalStateException if a cache of that name is open, or this one would depend on
     *     itself
     */
    public Cache open(String name, CachePolicy policy, Loader loader) {
        return open(name, policy, loader, Terms.NONE);
    }

    /**
     * The same for a cache with terms.
     *
     * @param terms what is made of requests for it
     */
    public synchronized Cache open(String name, CachePolicy policy, Loader loader, Terms terms) {
        var present = open.get(name);
        // Before anything of it exists: near stores are told apart by name.
        if (present != null && !present.isHeld()) {
            throw new IllegalStateException("a cache named " + name + " exists already");
        }
        dependents.check(name, policy);
        if (present != null) {
            present.closeNear();
        }
        environment.store().compress(name, policy.compressAbove());
        var cache = new Cache(name, policy, loader, terms, environment);
        open.put(name, cache);
        dependents.opened(cache);
        if (present != null) {
            present.handOver(loader, policy.batchSize());
        }
        return cache;
    }

    /**
     * Takes note of where what is near is kept over a restart.
     *
     * @param location nothing while it is not kept
     */
    public void nearKeptIn(Supplier<Optional<Location>> location) {
        nearKept = location;
    }

    /** Closes a cache, unless it is held; what is shared of it stays. */
    public synchronized void close(Cache cache) {
        if (held.contains(cache.name()) && open.get(cache.name()) == cache) {
            // Perhaps one that was opened during the exchange, and is taken back.
            cache.hold();
            cache.abandon();
        } else if (open.remove(cache.name(), cache)) {
            cache.close();
        }
    }

    /** Forgets what was counted of a cache that is closed for good, unless it is open anew. */
    public synchronized void forget(Cache cache) {
        if (!open.containsKey(cache.name())) {
            statistics.remove(cache.name());
            replicas.remove(cache.name());
            dependents.forgotten(cache.name());
            cache.forgotten();
        }
    }

    /**
     * Holds caches while their origins are exchanged: they go on answering from what they have, and
     * loads wait for the next origin.
     *
     * @param names of the caches; those that are not open are left out
     * @return to be closed once the exchange is over: what got no other origin then goes back to
     *     its own, or is closed if that is gone
     */
    public synchronized Hold hold(Collection<String> names) {
        var present = names.stream().filter(open::containsKey).collect(Collectors.toSet());
        held.addAll(present);
        present.forEach(name -> open.get(name).hold());
        return new Hold(present);
    }

    private synchronized void release(Set<String> names) {
        held.removeAll(names);
        for (var name : names) {
            var cache = open.get(name);
            if (cache != null && cache.isHeld() && !cache.resume()) {
                open.remove(name);
                cache.close();
                forget(cache);
            }
        }
    }

    /** An exchange of origins under way. */
    public final class Hold implements AutoCloseable {
        private final Set<String> names;

        private Hold(Set<String> names) {
            this.names = names;
        }

        @Override
        public void close() {
            release(names);
        }
    }

    /** The cache of that name. */
    public Optional<Cache> find(String name) {
        return Optional.ofNullable(open.get(name));
    }

    /** The cache of that name, or null; for the path of every request. */
    public Cache get(String name) {
        return open.get(name);
    }

    /** Whether a cache depends on another one, directly or through others. */
    public boolean isMadeOf(String name, String of) {
        return dependents.isMadeOf(name, of);
    }

    /** The names that no cache bears, but on which caches depend, by the names of these. */
    public Map<String, Set<String>> missing() {
        return dependents.missing();
    }

    /** Of the store that all share. */
    Pulse pulse() {
        return pulse;
    }

    /** What the heartbeat asks for: the partitions whose invalidations may matter here. */
    List<Replica> watched() {
        return open.values().stream().flatMap(cache -> cache.watched().stream()).toList();
    }

    /** All partitions of which something is known. */
    List<Replica> known() {
        return replicas.values().stream().flatMap(of -> of.all().stream()).toList();
    }

    /** All open caches, by name. */
    public Collection<Cache> all() {
        return List.copyOf(new TreeMap<>(open).values());
    }

    /** Takes in what another instance tells. Never throws. */
    public void hear(Backplane.News news) {
        var cache = open.get(news.partition().cache());
        if (cache != null) {
            cache.hear(news);
        }
    }

    /**
     * Takes in what another region tells: as an invalidation of the cache, but no region is told of
     * it again. Where this instance has no such cache, others may, and it may have it later: so it
     * takes effect in the shared store all the same, and in the caches here that depend on it.
     *
     * @param name of the cache
     * @param change what was invalidated there
     * @param source as for {@link Cache#invalidate}
     * @param kinds one for each invalidation, for the statistics: what {@link Change#kind} says
     * @return as {@link Cache#invalidate}
     */
    public CompletionStage<Void> receive(
            String name, Change change, String source, Collection<String> kinds) {
        var cache = open.get(name);
        if (cache != null) {
            return cache.receive(change, source, kinds);
        }
        var store = environment.store();
        var unknown = environment.replicas().apply(name);
        var parts =
                unknown.all().stream()
                        .map(replica -> inStore(store, replica, unknown.partOf(change, replica)))
                        .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(parts).thenCompose(done -> dependents.follow(name, change));
    }

    private static CompletableFuture<?> inStore(Store store, Replica replica, Change part) {
        return part == null
                ? CompletableFuture.completedFuture(null)
                : Stages.attempt(() -> store.invalidate(replica.partition(), part))
                        .thenCompose(position -> replica.changed(part, position))
                        .toCompletableFuture();
    }

    /** Tells that an entry of this process made way or expired. */
    public void evicted(String cache) {
        statistics(cache).evicted();
    }

    /** What every cache needs of the world. */
    record Environment(
            Store store,
            NearStore.Factory nearStores,
            Clock clock,
            Timers timers,
            Backplane backplane,
            Regions regions,
            BiFunction<String, Statistics, Observer> observers,
            DoubleSupplier random,
            Function<String, Statistics> statistics,
            Function<String, Replicas> replicas,
            Pulse pulse,
            Dependents dependents,
            Supplier<Optional<Location>> nearKept) {}
}
