package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Location;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.Terms;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One cache: a named collection of entries with one policy in front of one origin. Nothing here
 * blocks; stages may complete on any thread.
 */
public final class Cache {

    private final String name;
    private final CachePolicy policy;
    private final Statistics statistics;
    private final Observer observer;
    private final Clock clock;
    private final Store.Tier tier;
    private final Tiers tiers;
    private final Changes changes;
    private final Leasing leasing;
    private final Flights flights;
    private final CountedLookups answers;
    private final LoadGate gate;
    private final Sweeper sweeper;
    private final Loader loader;
    private final SwitchedLoader switched;
    private final Entries entries;
    private final Admission admission;
    private final EarlyRefresh early;
    private final Warmer warmer;
    private final NearMemory nearMemory;
    private final Whereabouts whereabouts;
    private volatile boolean abandoned;

    Cache(
            String name,
            CachePolicy policy,
            Loader loader,
            Terms terms,
            Caches.Environment environment) {
        this.admission = new Admission(policy, terms);
        this.name = name;
        this.policy = policy;
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
        this.sweeper = new Sweeper(this::prune, clock, environment.timers());
        this.changes =
                new Changes(
                        name,
                        new Invalidations(
                                replicas,
                                environment.store(),
                                tiers.near(),
                                environment.backplane()),
                        environment.dependents(),
                        environment.regions(),
                        statistics,
                        sweeper);
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
        var lookups = new Lookups(tiers, flights, gate, origin, entries);
        this.answers =
                new CountedLookups(
                        tiers,
                        lookups,
                        new RefreshAhead(early, flights),
                        statistics,
                        observer,
                        clock);
        this.nearMemory = new NearMemory(replicas, tiers.near(), policy);
        this.whereabouts =
                new Whereabouts(
                        () -> nearLocations(environment),
                        () -> environment.store().locations(name),
                        clock);
        this.warmer = new Warmer(tiers, lookups, entries, admission, environment.store(), clock);
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

    /** What is near of it, to be taken along. */
    public NearMemory nearMemory() {
        return nearMemory;
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
     * What is asked by whoever sends some headers: whether he wants what is stored, and what an
     * entry has to be to answer him.
     *
     * @param request what he asks besides
     * @param header the value of a header by its name, or null
     * @return the same request where this cache looks at no header
     * @throws UnfitRequestException where one can't be read; the message names it
     */
    public LookupRequest request(LookupRequest request, UnaryOperator<String> header) {
        if (admission.isPlain()) {
            return request;
        }
        var asked = request.under(admission.validity(header));
        return admission.bypasses(header) && !asked.onlyIfCached() ? asked.bypassing() : asked;
    }

    /**
     * Looks a key up.
     *
     * @param askedKey the key
     * @param asked what is asked beyond it
     * @return the answer; it never fails, failures are answers
     */
    public CompletionStage<LookupResult> lookup(String askedKey, LookupRequest asked) {
        var started = clock.nanos();
        String key;
        LookupRequest request;
        try {
            Objects.requireNonNull(askedKey, "key");
            // Nothing is kept of what passes by, which may be just what has no such form.
            key = asked.bypass() ? admission.keyOrSame(askedKey) : admission.key(askedKey);
            request = admission.resolved(asked);
        } catch (UnfitRequestException e) {
            return CompletableFuture.completedFuture(answers.counted(unfit(e), started));
        }
        return answers.lookup(key, request, started);
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
        return tiers.ask(admission.keyOrSame(key))
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
        keys.forEach(key -> Objects.requireNonNull(key, "key"));
        if (admission.isPlain()) {
            return answers.lookupAll(keys, admission.resolved(request));
        }
        var started = clock.nanos();
        Map<String, String> kept = new LinkedHashMap<>();
        Map<String, LookupResult> unfit = new LinkedHashMap<>();
        for (var key : keys) {
            try {
                kept.put(key, admission.key(key));
            } catch (UnfitRequestException e) {
                unfit.computeIfAbsent(key, any -> answers.counted(unfit(e), started));
            }
        }
        return answers.lookupAll(new LinkedHashSet<>(kept.values()), admission.resolved(request))
                .thenApply(
                        answers -> {
                            var all = Admission.byAsked(kept, answers);
                            all.putAll(unfit);
                            return all;
                        });
    }

    private LookupResult unfit(UnfitRequestException why) {
        return LookupResult.failed(
                Failure.of(Failure.Kind.UNFIT_KEY, why.getMessage()), clock.millis());
    }

    private void loaded(Observer.Load result, long nanos) {
        early.loaded(result, nanos);
        statistics.loaded(result);
        observer.loaded(result, nanos);
    }

    /**
     * Stores a value in the place of whatever is there.
     *
     * @param askedKey the key
     * @param value the bytes
     * @param contentType their media type
     * @param ttl how long it is fresh; null for the policy's
     * @param tags by which it can be invalidated
     * @param header the value of a header of whoever stores it, by its name, or null: it tells in
     *     which environment the value was made
     * @return ends when it took effect, and other regions will hear that the key was invalidated;
     *     fails with {@link io.cistern.cache.spi.StoreUnavailableException} where the store can't
     *     take it or they can't be told, and with {@link IllegalArgumentException} where it is
     *     larger than the policy allows, or its metadata larger than can be stored
     * @throws UnfitRequestException where the key is not of the form that this cache needs, or a
     *     header can't be read
     */
    public CompletionStage<Void> put(
            String askedKey,
            byte[] value,
            String contentType,
            Duration ttl,
            List<String> tags,
            UnaryOperator<String> header) {
        var key = admission.key(askedKey);
        var validity = admission.validity(header);
        if (value.length > policy.maxValueSize()) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException(
                            "a value of %d bytes, larger than maxValueSize %d"
                                    .formatted(value.length, policy.maxValueSize())));
        }
        var given = new Loader.Value(value, contentType, false, ttl, tags, null, Entry.NO_VERSION);
        var entry = entries.make(given, Position.UNKNOWN, null, validity);
        if (!entries.isStorable(entry)) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("tags or a media type too long to be stored"));
        }
        return changes.put(key, validity, entry);
    }

    /** The same for a value of which nobody tells where it was made. */
    public CompletionStage<Void> put(
            String key, byte[] value, String contentType, Duration ttl, List<String> tags) {
        return put(key, value, contentType, ttl, tags, Terms.NOBODY);
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
        return changes.invalidate(admission.change(change), source, kinds);
    }

    /** Another region tells what was invalidated there. */
    CompletionStage<Void> receive(Change change, String source, Collection<String> kinds) {
        return changes.receive(change, source, kinds);
    }

    /** A cache was invalidated of which this one is made. Its own dependents are told apart. */
    CompletionStage<Void> follow(Change change) {
        return changes.follow(change);
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
            changes.hear(changed);
            changed.change().keys().forEach(leasing::ended);
        } else if (news instanceof Backplane.News.Ended ended) {
            leasing.ended(ended.key());
        }
    }

    /**
     * An entry as it is stored; asks no origin and counts as no lookup.
     *
     * @param request tells who asks: the entry is the one that answers him, or one that answers
     *     only others, where there is nothing else
     * @return the entry beside what was made of the key in other environments, null if there is
     *     none; fails where the store can't be asked
     * @throws UnfitRequestException where the key is not of the form that this cache needs
     */
    public CompletionStage<Entry> peek(String key, LookupRequest request) {
        return tiers.peek(admission.key(key), admission.resolved(request).validity());
    }

    /**
     * Deletes what is dead.
     *
     * @return how many entries that were, of both stores together
     */
    public CompletionStage<Long> prune() {
        return tiers.prune(Long.MIN_VALUE).thenApply(Tiers.Pruned::all);
    }

    /**
     * Deletes what is dead, and what was made longer ago than that: from the shared store, and from
     * this process. It is no invalidation: other instances keep what is near to them.
     *
     * @return as above
     */
    public CompletionStage<Long> prune(Duration age) {
        return tiers.prune(clock.millis() - age.toMillis()).thenApply(Tiers.Pruned::all);
    }

    /**
     * Invalidates all, and deletes it.
     *
     * @param source as for {@link #invalidate}
     * @return how many entries the shared store had, dead ones among them; fails as {@link
     *     #invalidate} does, or where deleting does: then all is invalidated, and goes by and by
     */
    public CompletionStage<Long> clear(String source) {
        return invalidate(Change.everything(), source)
                .thenCompose(done -> tiers.prune(Long.MIN_VALUE))
                .thenApply(Tiers.Pruned::stored);
    }

    /**
     * Where its entries lie, and how many they are; up to a few seconds old.
     *
     * @return fails where the store can't be asked
     */
    public CompletionStage<List<Location>> locations() {
        return whereabouts.find();
    }

    /** With a store in this process nothing is near beside it. */
    private Stream<Location> nearLocations(Caches.Environment environment) {
        if (tier == Store.Tier.NEAR) {
            return Stream.empty();
        }
        var memory = Stream.of(Location.memory(tiers.near().usage()));
        return nearMemory.isKept()
                ? Stream.concat(memory, environment.nearKept().get().stream())
                : memory;
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
