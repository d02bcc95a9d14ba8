package io.cistern.cache.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.cache.LookupRequest;
import io.cistern.cache.LookupResult;
import io.cistern.cache.Policies;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Environment;
import io.cistern.cache.order.Change;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * One seed's world of a cache with conditions: instances that are asked from different
 * environments, an origin that is slow or fails, a store whose answers take a while, and
 * invalidations.
 */
final class VariedWorld {

    private static final int STEPS = 120;
    private static final List<String> KEYS = List.of("a", "b");
    private static final List<String> MACHINES = List.of("2", "4", "8");

    /** Until an invalidation has reached all instances; they are told sooner when all is well. */
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final Random random;
    private final VirtualTime time;
    private final List<Engine> engines = new ArrayList<>();
    private final List<Invalidated> invalidated = new ArrayList<>();
    private int loads;
    private final boolean isConfused;
    private boolean originFails = true;
    private String violation;

    /** A change with the numbers of the loads that it reaches. */
    private static final class Invalidated {
        private final Change change;
        private final int engine;
        private final int loadsBefore;
        private long at = Long.MAX_VALUE;

        private Invalidated(Change change, int engine, int loadsBefore) {
            this.change = change;
            this.engine = engine;
            this.loadsBefore = loadsBefore;
        }

        private boolean reaches(String key, int load) {
            return load < loadsBefore
                    && (change.keys().contains(key) || change.reaches(key, List.of("tag-" + key)));
        }
    }

    /**
     * @param mutations what is wrong with the store
     * @param isConfused whether an instance takes each machine for the first one
     */
    VariedWorld(long seed, Set<Mutation> mutations, boolean isConfused) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 7);
        this.time = new VirtualTime(random.nextLong());
        this.isConfused = isConfused;
        var store = new FakeStore(time, random.nextLong(), 1 + random.nextInt(2), 100, mutations);
        store.weather(
                any ->
                        new Weather.Fate(
                                millis(random.nextInt(3) == 0 ? 40 : 1),
                                millis(random.nextInt(3) == 0 ? 40 : 1),
                                Weather.Outcome.SUCCEEDS));
        for (var i = 0; i < 2; i++) {
            engines.add(engine(i, store));
        }
    }

    private Engine engine(int id, FakeStore store) {
        var policy =
                Policies.policy()
                        .environment("cores")
                        .ttl(Duration.ofSeconds(10 + random.nextInt(60)))
                        .maxStale(Duration.ofSeconds(random.nextInt(30)))
                        .softTimeout(random.nextBoolean() ? null : Duration.ofMillis(50))
                        .near(random.nextInt(3) == 0 ? 1 : 100)
                        .build();
        var engine =
                new Engine(
                        id,
                        new FakeSession(store),
                        (name, most) -> new FakeNear(most, random, null),
                        time,
                        time,
                        news -> tell(id, news),
                        random::nextDouble,
                        policy,
                        this::load,
                        terms(id));
        engine.startHeartbeat();
        return engine;
    }

    /** News get lost. */
    private void tell(int from, Backplane.News news) {
        for (var engine : engines) {
            if (engine.id != from && random.nextInt(3) > 0) {
                engine.hear(news);
            }
        }
    }

    private Terms terms(int engine) {
        return new Terms() {
            @Override
            public Environment environment(UnaryOperator<String> header) {
                var cores = isConfused && engine == 1 ? MACHINES.get(0) : header.apply("cores");
                return Environment.of(Map.of("cores", cores));
            }
        };
    }

    private long millis(int below) {
        return random.nextInt(below) * 1_000_000L;
    }

    /** The value tells by which load, and for which machine, it was made. */
    private Loader.Call load(Loader.Request request) {
        var number = loads++;
        var answer = new CompletableFuture<Map<String, Loader.Value>>();
        var key = request.keys().get(0);
        var fails = originFails && random.nextInt(6) == 0;
        time.later(
                millis(300),
                () -> {
                    if (fails) {
                        answer.completeExceptionally(new IllegalStateException("failed"));
                        return;
                    }
                    var text = number + ":" + request.environment().values().get("cores");
                    answer.complete(
                            Map.of(
                                    key,
                                    new Loader.Value(
                                            text.getBytes(UTF_8),
                                            "text/plain",
                                            false,
                                            null,
                                            List.of("tag-" + key),
                                            null,
                                            Entry.NO_VERSION)));
                });
        return new Loader.Call() {
            @Override
            public CompletionStage<Map<String, Loader.Value>> values() {
                return answer;
            }

            @Override
            public void expire() {
                // It goes on, and its answer comes too late.
            }
        };
    }

    /**
     * Lets it all happen.
     *
     * @return what was broken; null if nothing was
     */
    String run() {
        for (var i = 0; i < STEPS && violation == null; i++) {
            switch (random.nextInt(12)) {
                case 0 -> invalidate(Change.key(any(KEYS)));
                case 1 -> invalidate(Change.tag("tag-" + any(KEYS)));
                case 2 ->
                        invalidate(
                                random.nextBoolean() ? Change.everything() : Change.pattern("*"));
                case 3 -> lookup(any(engines), any(KEYS), any(MACHINES), LookupRequest.REFRESH);
                default -> lookup(any(engines), any(KEYS), any(MACHINES), LookupRequest.PLAIN);
            }
            time.pass(Duration.ofNanos(millis(random.nextInt(10) == 0 ? 5_000 : 120)));
        }
        if (violation == null) {
            findsAllSideBySide();
        }
        engines.forEach(Engine::stopHeartbeat);
        return violation;
    }

    /** Once all is calm, what each machine loads stays for it while the others load theirs. */
    private void findsAllSideBySide() {
        originFails = false;
        time.pass(Duration.ofSeconds(20));
        for (var round = 0; round < 2; round++) {
            for (var machine : MACHINES) {
                var wantsHit = round > 0;
                lookup(
                                any(engines),
                                "a",
                                machine,
                                wantsHit ? LookupRequest.PLAIN : LookupRequest.REFRESH)
                        .thenAccept(
                                result -> {
                                    if (wantsHit && !result.way().isHit()) {
                                        broken("variants: " + machine + " got " + result.way());
                                    }
                                });
                // Less than the shortest ttl in all.
                time.pass(Duration.ofSeconds(1));
            }
        }
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private void invalidate(Change change) {
        var engine = any(engines);
        var seen = new Invalidated(change, engine.id, loads);
        invalidated.add(seen);
        engine.cache.invalidate(change, "test").thenAccept(done -> seen.at = time.nanos());
    }

    private CompletionStage<LookupResult> lookup(
            Engine engine, String key, String machine, LookupRequest plain) {
        var request = engine.cache.request(plain, Map.of("cores", machine)::get);
        var began = time.nanos();
        return engine.cache
                .lookup(key, request)
                .thenApply(
                        result -> {
                            check(engine, key, machine, began, result);
                            return result;
                        });
    }

    private void check(Engine engine, String key, String machine, long began, LookupResult result) {
        if (result.entry() == null) {
            return;
        }
        var parts = new String(result.entry().value(), UTF_8).split(":");
        if (!parts[1].equals(machine)) {
            broken(
                    "environment: cores=%s got what cores=%s made, %s"
                            .formatted(machine, parts[1], result.way()));
        }
        var load = Integer.parseInt(parts[0]);
        for (var change : invalidated) {
            var bound = change.engine == engine.id ? 0 : BOUND.toNanos();
            if (change.reaches(key, load)
                    && change.at < Long.MAX_VALUE
                    && began - change.at > bound) {
                broken(
                        "invalidation: load %d of %s was served by %d after %s"
                                .formatted(load, key, engine.id, change.change));
            }
        }
    }

    private void broken(String what) {
        if (violation == null) {
            violation = what;
        }
    }
}
