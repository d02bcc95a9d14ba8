package io.cistern.cache.simulation;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.LookupRequest;
import io.cistern.cache.Warmer;
import io.cistern.cache.order.Change;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Terms;
import io.cistern.cache.spi.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One seed's world: a cache, its store, its origin, its callers, and what happens to them. */
final class World {

    /** Until all is right again once nothing goes wrong any more. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final Random random;

    /** For what came later: the schedules of the seeds stay as they are. */
    private final Random versions;

    private final Set<Mutation> mutations;
    private final Scenario scenario;
    private final VirtualTime time;
    private final FakeStore store;
    private final Journal journal;
    private final Checker checker;
    private final Accidents accidents;
    private final List<FakeNear> nears = new ArrayList<>();
    private final List<Engine> engines = new ArrayList<>();
    private final Failovers failovers;
    private final List<Runnable> cancels = new ArrayList<>();
    private int timersSet;
    private int enginesMade;

    World(long seed, Set<Mutation> mutations) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.versions = new Random(seed);
        this.mutations = mutations;
        this.scenario = Scenario.of(random, new Random(seed * 0x9E3779B97F4A7C15L + 2), mutations);
        this.time = new VirtualTime(random.nextLong());
        this.store =
                new FakeStore(
                        time,
                        random.nextLong(),
                        scenario.partitions(),
                        scenario.marks(),
                        mutations);
        this.journal = new Journal(time);
        this.checker = new Checker(scenario, time, store, journal);
        this.accidents = new Accidents(random, scenario, time, store, checker, mutations.isEmpty());
        store.probe(checker);
        store.weather(accidents);
        this.failovers = new Failovers(random, scenario, store, time, checker, () -> engines);
        for (var i = 0; i < scenario.engines(); i++) {
            engines.add(start());
        }
    }

    private Engine start() {
        var id = enginesMade++;
        var engine =
                new Engine(
                        id,
                        new FakeSession(store),
                        (name, maxEntries) -> near(maxEntries),
                        clock(),
                        timers(),
                        news -> tell(id, news),
                        random::nextDouble,
                        policy(),
                        new SimulatedOrigin(
                                id,
                                scenario,
                                random,
                                time,
                                checker,
                                journal,
                                mutations.contains(Mutation.CONFIRMATION_REVIVES)
                                        ? new HashMap<>()
                                        : null),
                        Terms.NONE);
        if (scenario.failovers() > 0) {
            engine.session.onAhead(() -> failovers.ahead(engine, () -> crashAllBut(engine)));
        }
        if (!mutations.contains(Mutation.NO_HEARTBEAT)) {
            engine.startHeartbeat();
        }
        return engine;
    }

    /** News get lost, late, and out of order. */
    private void tell(int from, Backplane.News news) {
        for (var engine : engines) {
            if (engine.id != from
                    && random.nextInt(5) > 0
                    && !mutations.contains(Mutation.NO_HEARTBEAT)) {
                var delay = accidents.delay();
                Runnable hear =
                        () -> {
                            checker.hears();
                            engine.hear(news);
                        };
                if (delay == 0) {
                    hear.run();
                } else {
                    time.later(delay, hear);
                }
            }
        }
    }

    private void crash() {
        if (engines.size() < 2 || scenario.crashes() == 0 || random.nextInt(4) > 0) {
            return;
        }
        if (scenario.replicas() == 0 && failovers.isPending()) {
            // Who misses what is lost must live to say so.
            return;
        }
        crash(engines.get(random.nextInt(engines.size())));
    }

    private void crashAllBut(Engine survivor) {
        List.copyOf(engines).stream().filter(it -> it != survivor).forEach(this::crash);
    }

    private void crash(Engine engine) {
        engines.remove(engine);
        engine.crash();
        checker.crashed(engine.id);
        engines.add(start());
    }

    /**
     * Lets it all happen.
     *
     * @return what was broken, with the last steps; null if nothing was
     */
    String run() {
        for (var i = 0; i < scenario.steps() && journal.violation() == null; i++) {
            act();
            failovers.look();
            passTime();
            failovers.look();
            engines.forEach(engine -> checker.waiting(engine.cache));
        }
        if (journal.violation() == null) {
            checker.disturbed("all is well from now on");
            failovers.end();
            store.weather(Weather.CALM);
            store.come();
            time.pass(SETTLING);
            checker.settled();
            for (var engine : engines) {
                scenario.keys().forEach(key -> lookup(engine, key, "plain"));
            }
            engines.forEach(Engine::stopHeartbeat);
            time.settle();
            checker.ended(engines.stream().map(engine -> engine.cache).toList());
        }
        return journal.violation();
    }

    Map<Observer.Lookup, Integer> kinds() {
        return checker.kinds();
    }

    private FakeNear near(long maxEntries) {
        var near =
                new FakeNear(
                        maxEntries,
                        random,
                        mutations.contains(Mutation.NEAR_REVIVES)
                                ? () -> store.model(0).position()
                                : null);
        nears.add(near);
        return near;
    }

    /** What the engine is told, which is what the checker knows unless a gate is at fault. */
    private CachePolicy policy() {
        var policy = scenario.policy();
        var wider = mutations.contains(Mutation.GATE_IS_WIDER) ? 1 : 0;
        var faster = mutations.contains(Mutation.GATE_IS_FASTER) ? 2 : 1;
        return new CachePolicy(
                policy.ttl(),
                policy.jitter(),
                policy.maxStale(),
                policy.negativeTtl(),
                policy.softTimeout(),
                policy.hardTimeout(),
                policy.earlyRefresh(),
                policy.near(),
                policy.nearTtl(),
                policy.batchSize(),
                policy.maxConcurrentLoads() + wider,
                policy.maxWaiting(),
                policy.loadRate().map(rate -> rate * faster),
                policy.maxValueSize(),
                policy.compressAbove(),
                policy.codec(),
                policy.clientMaxAge(),
                policy.forwardHeaders(),
                policy.whenCut(),
                policy.tags(),
                policy.dependsOn(),
                policy.keyPattern(),
                policy.bypass(),
                policy.fingerprint(),
                policy.environment(),
                policy.environmentFrom());
    }

    private Clock clock() {
        if (!mutations.contains(Mutation.CLOCK_FOLLOWS_WALL)) {
            return time;
        }
        return new Clock() {
            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public long millis() {
                return time.millis() + accidents.wall();
            }
        };
    }

    private Timers timers() {
        if (!mutations.contains(Mutation.TIMERS_GET_LOST)) {
            return time;
        }
        return (delay, task) -> ++timersSet % 5 == 0 ? () -> {} : time.after(delay, task);
    }

    private void passTime() {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> {
                for (var i = random.nextInt(6); i > 0 && journal.violation() == null; i--) {
                    time.step();
                }
            }
            case 4, 5, 6, 7, 8 -> pass(60);
            case 9, 10 -> pass(2_500);
            default -> pass(12_000);
        }
    }

    private void pass(int upToMillis) {
        time.pass(Duration.ofNanos(random.nextInt(upToMillis) * 1_000_000L / scenario.haste()));
    }

    private void act() {
        // What other guards are for is looked for without warming, which would only stand in the
        // way.
        if ((mutations.isEmpty() || mutations.contains(Mutation.WARMING_REPLACES_NEWER))
                && random.nextInt(15) == 0) {
            warm();
        }
        if (scenario.failovers() > 0 && random.nextInt(10) == 0) {
            failovers.happen();
        }
        switch (random.nextInt(44)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 -> lookup("plain");
            case 15, 16, 17 -> lookup("refresh");
            case 18 -> lookup("bypass");
            case 19, 20 -> lookup("cached");
            case 21 -> lookup("stale");
            case 22, 23, 24 -> lookupAll();
            case 25, 26 -> put();
            case 27 -> invalidate(Change.key(any(scenario.keys())));
            case 28 -> invalidate(versioned(any(scenario.keys())));
            case 29, 30 -> invalidate(Change.tag(any(Scenario.TAGS)));
            case 31 -> invalidate(Change.pattern(any(Scenario.PATTERNS)));
            case 32 -> invalidate(Change.everything());
            case 33 -> prune();
            case 34 -> cancel();
            case 35, 36 -> accidents.comeAndGo();
            case 37 -> accidents.lose();
            case 38 -> accidents.correct();
            case 39 -> crash();
            case 40 -> invalidate(Change.key(any(scenario.keys())).expiring());
            case 41 -> invalidate(Change.tag(any(Scenario.TAGS)).expiring());
            case 42 -> invalidate(anything().expiring());
            default -> nears.forEach(FakeNear::evictAny);
        }
    }

    private Change anything() {
        return random.nextBoolean() ? Change.pattern(any(Scenario.PATTERNS)) : Change.everything();
    }

    /** Every other time by the version of a load that was begun some time, or of the next one. */
    private Change versioned(String key) {
        if (versions.nextBoolean()) {
            return Change.key(key);
        }
        var version = (long) versions.nextInt(checker.loads() + 1);
        var change =
                new Change(
                        Change.Mode.EVICT,
                        Set.of(key),
                        Map.of(key, version),
                        Set.of(),
                        Set.of(),
                        false);
        return versions.nextInt(3) == 0 ? change.expiring() : change;
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean isQuiet() {
        return engines.stream().allMatch(engine -> engine.cache.flying() == 0);
    }

    private Engine engine() {
        return any(engines);
    }

    private LookupRequest request(String kind) {
        var maxStale = kind.equals("stale") || kind.equals("cached") ? random.nextInt(8_000) : 0;
        return new LookupRequest(
                kind.equals("refresh"),
                kind.equals("bypass"),
                kind.equals("cached"),
                kind.equals("plain") ? 0 : maxStale,
                Map.of(
                        "kind",
                        kind.equals("stale") ? "plain" : kind,
                        "began",
                        Long.toString(journal.tick())));
    }

    private void lookup(String kind) {
        var key = any(scenario.keys());
        if (mutations.contains(Mutation.LOOKUPS_UNSEEN) && random.nextInt(10) == 0) {
            engine().cache.lookup(key, request(kind));
            return;
        }
        lookup(engine(), key, kind);
    }

    private void lookup(Engine engine, String key, String kind) {
        var request = request(kind);
        var asked = checker.asked(engine.id, key, kind, request, isQuiet());
        var answer = engine.cache.lookup(key, request).toCompletableFuture();
        answer.thenAccept(
                result -> {
                    if (!engine.isCrashed()) {
                        guarded(() -> checker.answered(asked, result, false));
                    }
                });
        if (!answer.isDone()) {
            cancels.add(
                    () -> {
                        if (!answer.isDone() && !engine.isCrashed()) {
                            checker.cancelled(asked);
                            answer.cancel(true);
                        }
                    });
        }
    }

    private void lookupAll() {
        var request = request(random.nextInt(4) == 0 ? "refresh" : "plain");
        var kind = request.refresh() ? "refresh" : "plain";
        List<String> keys = new ArrayList<>();
        for (var i = 1 + random.nextInt(6); i > 0; i--) {
            keys.add(any(scenario.keys()));
        }
        List<Seen.Asked> asked = new ArrayList<>();
        var engine = engine();
        new HashSet<>(keys)
                .forEach(key -> asked.add(checker.asked(engine.id, key, kind, request, isQuiet())));
        engine.cache
                .lookupAll(keys, request)
                .thenAccept(
                        results -> {
                            if (!engine.isCrashed()) {
                                guarded(
                                        () ->
                                                asked.forEach(
                                                        it ->
                                                                checker.answered(
                                                                        it,
                                                                        results.get(it.key),
                                                                        true)));
                            }
                        });
    }

    /** A checker that stumbles must not be taken for one that is content. */
    private void guarded(Runnable check) {
        try {
            check.run();
        } catch (RuntimeException e) {
            checker.stumbled(e);
        }
    }

    private void put() {
        var key = any(scenario.keys());
        var engine = engine();
        var change = checker.change(engine.id, Change.key(key), true);
        var value = ("put:" + change.id + ":" + key).getBytes(StandardCharsets.UTF_8);
        List<String> tags = random.nextBoolean() ? List.of() : List.of(any(Scenario.TAGS));
        watch(change, engine.cache.put(key, value, "text/plain", null, tags).toCompletableFuture());
    }

    /** Reads rows from a source, and stores them later. */
    private void warm() {
        var engine = engine();
        var keys = new HashSet<String>();
        for (var i = 1 + random.nextInt(4); i > 0; i--) {
            keys.add(any(scenario.keys()));
        }
        List<String> tags = random.nextBoolean() ? List.of() : List.of(any(Scenario.TAGS));
        var reads = random.nextInt(300) * 1_000_000L;
        var stores = random.nextInt(1_000) * 1_000_000L;
        var back = time.backwardsMillis();
        var began = checker.beginning(engine.id);
        engine.cache
                .warmer()
                .begin()
                .thenAccept(
                        reading ->
                                time.later(
                                        reads,
                                        () ->
                                                warm(
                                                        engine, reading, keys, tags, stores, began,
                                                        back)));
    }

    private void warm(
            Engine engine,
            Warmer.Reading reading,
            Set<String> keys,
            List<String> tags,
            long delay,
            long began,
            long back) {
        var seen = checker.reading(engine.id, began, back);
        var rows =
                keys.stream()
                        .map(
                                key ->
                                        new Warmer.Row(
                                                key,
                                                ("row:" + seen.id + ":" + key)
                                                        .getBytes(StandardCharsets.UTF_8),
                                                "text/plain",
                                                null,
                                                tags))
                        .toList();
        time.later(
                delay,
                () -> {
                    if (!engine.isCrashed()) {
                        checker.storing(seen);
                        engine.cache.warmer().store(reading, rows);
                    }
                });
    }

    private void invalidate(Change what) {
        var engine = engine();
        var change = checker.change(engine.id, what, false);
        watch(change, engine.cache.invalidate(what, "test").toCompletableFuture());
    }

    private void watch(Seen.Changed change, CompletableFuture<Void> done) {
        done.whenComplete(
                (nothing, error) -> {
                    guarded(() -> checker.changed(change, error));
                    if (error == null) {
                        failovers.acknowledged();
                    }
                });
    }

    private void prune() {
        journal.log("prune");
        engine().cache.prune();
    }

    private void cancel() {
        if (!cancels.isEmpty()) {
            cancels.remove(random.nextInt(cancels.size())).run();
        }
    }
}
