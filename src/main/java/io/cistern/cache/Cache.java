package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Regions;
import io.cistern.cache.spi.Store;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One cache: a named collection of entries with one policy in front of one origin. Nothing here
 * blocks; stages may complete on any thread.
 */
public final class Cache {

    /** For the statistics: the source of what follows from another cache's invalidation. */
    private static final String FOLLOWING = "dependency";

    private final String name;
    private final CachePolicy policy;
    private final Statistics statistics;
    private final Observer observer;
    private final Clock clock;
    private final Store.Tier tier;
    private final Tiers tiers;
    private final Invalidations invalidations;
    private final Leasing leasing;
    private final Flights flights;
    private final Lookups lookups;
    private final LoadGate gate;
    private final Sweeper sweeper;
    private final Loader loader;
    private final SwitchedLoader switched;
    private final Dependents dependents;
    private final Regions regions;
    private final Entries entries;
    private final EarlyRefresh early;
    private final RefreshAhead ahead;
    private final Warmer warmer;
    private volatile boolean abandoned;

    Cache(String name, CachePolicy policy, Loader loader, Caches.Environment environment) {
        this.name = name;
        this.policy = policy;
        this.dependents = environment.dependents();
        this.regions = environment.regions();
        this.statistics = environment.statistics().apply(name);
        this.observer = environment.observers().apply(name, statistics);
        this.clock = environment.clock();
        this.tier = environment.store().tier();
        var near =
                policy.near() == 0 || environment.store().tier() == Store.Tier.NEAR
                        ? NearStore.NONE
                        : environment.nearStores().open(name, policy.near());
        var replicas = environment.replicas().apply(name);
        this.tiers =
                new Tiers(replicas, environment.store(), near, policy, clock, environment.pulse());
        this.invalidations =
                new Invalidations(
                        replicas, environment.store(), tiers.near(), environment.backplane());
        this.sweeper = new Sweeper(tiers::prune, clock, environment.timers());
        this.gate = new LoadGate(policy, clock, environment.timers());
        this.loader = loader;
        this.switched = new SwitchedLoader(loader, policy.batchSize());
        var origin =
                new OriginCall.Origin(switched, policy, clock, environment.timers(), this::loaded);
        this.entries = new Entries(policy, clock, environment.random());
        this.leasing =
                new Leasing(tiers, policy, clock, environment.timers(), environment.backplane());
        this.early = new EarlyRefresh(policy.earlyRefresh(), environment.random());
        this.flights =
                new Flights(
                        tiers,
                        gate,
                        origin,
                        entries,
                        leasing,
                        statistics,
                        new EarlyFlights(early, environment.timers()));
        this.ahead = new RefreshAhead(early, flights);
        this.lookups = new Lookups(tiers, flights, gate, origin, entries);
        this.warmer = new Warmer(tiers, lookups, entries, environment.store(), clock);
    }

    public String name() {
        return name;
    }

    public CachePolicy policy() {
        return policy;
    }

    public Statistics statistics() {
        return statistics;
    }

    /** Where what all instances see is kept: {@code near} in this process, else {@code shared}. */
    public String storeName() {
        return tier == Store.Tier.NEAR ? "near" : "shared";
    }

    /** What its entries use of this process. */
    public Store.Usage usage() {
        return tiers.usage(name);
    }

    /** What fills it before anyone asks. */
    public Warmer warmer() {
        return warmer;
    }

    /** How many calls of the origin run now. */
    public int loading() {
        return gate.running();
    }

    /** How many calls of the origin wait for their turn. */
    public int waiting() {
        return gate.waiting();
    }

    /** How many keys are looked up past the near store now. */
    public int flying() {
        return flights.size();
    }

    /**
     * Looks a key up.
     *
     * @param key the key
     * @param request what is asked beyond it
     * @return the answer; it never fails, failures are answers
     */
    public CompletionStage<LookupResult> lookup(String key, LookupRequest request) {
        var started = clock.nanos();
        statistics.asked(key);
        var near = tiers.held(Objects.requireNonNull(key, "key"), started);
        if (request.takesFresh() && tiers.isHit(near, started)) {
            return CompletableFuture.completedFuture(
                    ahead.refreshed(key, request, counted(hit(near), started)));
        }
        // A copy: whoever cancels what he got leaves the lookup to end and to be counted.
        return lookups.lookup(key, request, near)
                .thenApply(result -> ahead.refreshed(key, request, counted(result, started)))
                .toCompletableFuture()
                .copy();
    }

    /**
     * Looks a key up for somebody who makes something of it that is kept: the answer knows of every
     * invalidation that was acknowledged anywhere before, not only until a moment ago, and is
     * nothing that was told stale: what is made of it would be kept as fresh. It costs a round trip
     * to the shared store, and counts like any other lookup.
     *
     * @return as {@link #lookup}; where the store can't be asked, by what is known here
     */
    public CompletionStage<LookupResult> lookupKnowing(String key, LookupRequest request) {
        return tiers.ask(key)
                .handle((known, away) -> null)
                .thenCompose(any -> lookup(key, request.refusingExpired()));
    }

    /**
     * Looks many keys up: one round trip to the shared store, and as few calls of the origin as it
     * allows.
     *
     * @param keys the keys; each is answered once
     * @param request what is asked beyond them
     * @return the answers by key, in the order of the keys; it never fails
     */
    public CompletionStage<Map<String, LookupResult>> lookupAll(
            Collection<String> keys, LookupRequest request) {
        var started = clock.nanos();
        Map<String, CompletionStage<LookupResult>> answers = new LinkedHashMap<>();
        Map<String, Tiers.Held> further = new LinkedHashMap<>();
        var oneByOne = request.bypass() || request.onlyIfCached() || request.maxStale() > 0;
        keys.forEach(key -> Objects.requireNonNull(key, "key"));
        for (var key : keys) {
            if (answers.containsKey(key)) {
                continue;
            }
            answers.put(key, null);
            if (oneByOne) {
                answers.put(key, lookup(key, request));
                continue;
            }
            statistics.asked(key);
            var near = tiers.held(key, started);
            if (!request.refresh() && tiers.isHit(near, started)) {
                answers.put(key, CompletableFuture.completedFuture(counted(hit(near), started)));
            } else {
                further.put(key, near);
            }
        }
        lookups.lookupAll(further, request)
                .forEach(
                        (key, answer) ->
                                answers.put(
                                        key, answer.thenApply(result -> counted(result, started))));
        return Stages.all(answers)
                .thenApply(
                        results -> {
                            if (!oneByOne) {
                                ahead.refresh(results, request);
                            }
                            return results;
                        });
    }

    private LookupResult hit(Tiers.Held near) {
        var entry = near.item().entry();
        // It is fresh by the monotonic clock, whatever was done to the store's.
        var now = Math.min(clock.millis(), entry.freshUntil());
        var result = LookupResult.of(LookupResult.Way.NEAR, entry, now);
        return near.kept() ? result : result.cutOff();
    }

    private LookupResult counted(LookupResult result, long started) {
        statistics.looked(result);
        observer.looked(result.kind(), clock.nanos() - started);
        return result;
    }

    private void loaded(Observer.Load result, long nanos) {
        early.loaded(result, nanos);
        statistics.loaded(result);
        observer.loaded(result, nanos);
    }

    /**
     * Stores a value in the place of whatever is there.
     *
     * @param key the key
     * @param value the bytes
     * @param contentType their media type
     * @param ttl how long it is fresh; null for the policy's
     * @param tags by which it can be invalidated
     * @return ends when it took effect, and other regions will hear that the key was invalidated;
     *     fails with {@link io.cistern.cache.spi.StoreUnavailableException} where the store can't
     *     take it or they can't be told, and with {@link IllegalArgumentException} where it is
     *     larger than the policy allows, or its metadata larger than can be stored
     */
    public CompletionStage<Void> put(
            String key, byte[] value, String contentType, Duration ttl, List<String> tags) {
        if (value.length > policy.maxValueSize()) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException(
                            "a value of %d bytes, larger than maxValueSize %d"
                                    .formatted(value.length, policy.maxValueSize())));
        }
        var given = new Loader.Value(value, contentType, false, ttl, tags, null, Entry.NO_VERSION);
        var entry = entries.make(given, Position.UNKNOWN, null);
        if (!entries.isStorable(entry)) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("tags or a media type too long to be stored"));
        }
        return invalidations.put(key, entry).thenCompose(done -> spread(Change.key(key)));
    }

    /**
     * Invalidates.
     *
     * @param change what
     * @param source who wants it, for the statistics: a word of a small set, such as {@code http}
     * @return ends when it took effect in the shared store and here, and in the caches that depend
     *     on this one, and other regions will hear of it; fails with {@link
     *     io.cistern.cache.spi.StoreUnavailableException} where the store can't take it, or they
     *     can't be told
     */
    public CompletionStage<Void> invalidate(Change change, String source) {
        return invalidate(change, source, List.of(change.kind()));
    }

    /**
     * Invalidates what several events named together.
     *
     * @param change what
     * @param source as above
     * @param kinds one for each event, for the statistics: what {@link Change#kind} says
     * @return as above
     */
    public CompletionStage<Void> invalidate(
            Change change, String source, Collection<String> kinds) {
        return take(change, source, kinds).thenCompose(done -> spread(change));
    }

    /** What took effect here goes on to dependents and to other regions, which have their own. */
    private CompletionStage<Void> spread(Change change) {
        return dependents
                .follow(name, change)
                .thenCombine(regions.tell(name, change), (followed, told) -> null);
    }

    /** Another region tells what was invalidated there. */
    CompletionStage<Void> receive(Change change, String source, Collection<String> kinds) {
        return take(change, source, kinds).thenCompose(done -> dependents.follow(name, change));
    }

    /** A cache was invalidated of which this one is made. Its own dependents are told apart. */
    CompletionStage<Void> follow(Change change) {
        return take(change, FOLLOWING, List.of(change.kind()));
    }

    private CompletionStage<Void> take(Change change, String source, Collection<String> kinds) {
        return invalidations
                .invalidate(change)
                .thenAccept(
                        done -> {
                            kinds.forEach(kind -> statistics.invalidated(kind, source));
                            if (change.isEviction()
                                    && (change.all() || !change.patterns().isEmpty())) {
                                sweeper.sweep();
                            }
                        });
    }

    /**
     * The partitions whose invalidations may matter here: of what is near, and of loads that others
     * may join or that hold something stale.
     */
    List<Replica> watched() {
        return flights.size() > 0 || !tiers.near().isEmpty() ? tiers.replicas() : List.of();
    }

    /** Takes in what another instance tells. */
    void hear(Backplane.News news) {
        if (news instanceof Backplane.News.Changed changed) {
            invalidations.hear(changed);
            changed.change().keys().forEach(leasing::ended);
        } else if (news instanceof Backplane.News.Ended ended) {
            leasing.ended(ended.key());
        }
    }

    /**
     * An entry as it is stored; asks no origin and counts as no lookup.
     *
     * @return the entry, null if there is none; fails where the store can't be asked
     */
    public CompletionStage<Entry> peek(String key) {
        return tiers.peek(key);
    }

    /**
     * Deletes what is dead.
     *
     * @return how many entries that were, of both stores together
     */
    public CompletionStage<Long> prune() {
        return tiers.prune();
    }

    void forgetNear() {
        tiers.near().forget();
    }

    /** Loads wait from now on. */
    void hold() {
        switched.detach();
    }

    boolean isHeld() {
        return switched.isDetached();
    }

    /** While it is held, its own origin went away. */
    void abandon() {
        abandoned = true;
    }

    /** Goes back to its own origin; false if that is gone. */
    boolean resume() {
        if (abandoned) {
            return false;
        }
        switched.attach(loader, policy.batchSize());
        return true;
    }

    /** Another cache took its place: lookups that are under way here end with its origin. */
    void handOver(Loader next, int batchSize) {
        switched.attach(next, batchSize);
    }

    void forgotten() {
        observer.forgotten();
    }

    void closeNear() {
        sweeper.close();
        tiers.close();
    }

    void close() {
        closeNear();
        switched.close();
    }
}
