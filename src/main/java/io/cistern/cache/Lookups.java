package io.cistern.cache;

import io.cistern.cache.Flight.Landing;
import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Timers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers lookups past what is fresh and near: from flights, from what is stale, or not at all. */
final class Lookups {

    /** How often a lookup waits for others' loads that were invalidated, before it loads alone. */
    private static final int MAX_JOINS = 2;

    private final Tiers tiers;
    private final Flights flights;
    private final LoadGate gate;
    private final OriginCall.Origin origin;
    private final Entries entries;

    Lookups(
            Tiers tiers,
            Flights flights,
            LoadGate gate,
            OriginCall.Origin origin,
            Entries entries) {
        this.tiers = tiers;
        this.flights = flights;
        this.gate = gate;
        this.origin = origin;
        this.entries = entries;
    }

    /**
     * @param key the key
     * @param request what is asked
     * @param near what is near and lives, not fresh enough to be the answer; or null
     */
    CompletionStage<LookupResult> lookup(String key, LookupRequest request, NearStore.Item near) {
        if (request.bypass() && !request.onlyIfCached()) {
            return bypass(key, request);
        }
        if (request.refresh() && !request.onlyIfCached()) {
            return new Waiter(key, request, near).take();
        }
        if (request.onlyIfCached() || request.maxStale() > 0) {
            return fromStores(key, request, near)
                    .thenCompose(
                            found -> {
                                if (found != null) {
                                    return CompletableFuture.completedFuture(found);
                                }
                                return request.onlyIfCached()
                                        ? CompletableFuture.completedFuture(
                                                failed(Failure.NOT_CACHED))
                                        : new Waiter(key, request, near).take();
                            });
        }
        return new Waiter(key, request, near).take();
    }

    /** Lookups of many keys, none of which is fresh and near. */
    Map<String, CompletionStage<LookupResult>> lookupAll(
            Map<String, NearStore.Item> keys, LookupRequest request) {
        Map<String, Waiter> waiting = new LinkedHashMap<>();
        Map<Replica, List<Flight>> mine = new HashMap<>();
        keys.forEach(
                (key, near) -> {
                    var waiter = new Waiter(key, request, near);
                    var boarding = flights.board(key, request, waiter.arrived, false);
                    if (boarding.leader()) {
                        mine.computeIfAbsent(tiers.replica(key), any -> new ArrayList<>())
                                .add(boarding.flight());
                    }
                    waiter.await(boarding);
                    waiting.put(key, waiter);
                });
        mine.forEach(flights::lead);
        Map<String, CompletionStage<LookupResult>> results = new LinkedHashMap<>();
        waiting.forEach((key, waiter) -> results.put(key, waiter.answer()));
        return results;
    }

    private LookupResult failed(Failure failure) {
        return LookupResult.failed(failure, origin.clock().millis());
    }

    private CompletionStage<LookupResult> bypass(String key, LookupRequest request) {
        var result = new CompletableFuture<LookupResult>();
        var began = tiers.replica(key).marks().position();
        new OriginCall(
                        origin,
                        new Loader.Request(List.of(key), request.headers()),
                        () -> {},
                        (values, failure) ->
                                result.complete(
                                        failure == null
                                                ? loaded(values.get(key), began)
                                                : failed(failure)))
                .begin(gate);
        return result;
    }

    private LookupResult loaded(Loader.Value value, Position began) {
        try {
            var entry = entries.make(value, began, null);
            return LookupResult.of(Way.BYPASS, entry, origin.clock().millis());
        } catch (RuntimeException e) {
            return failed(Failure.of(e));
        }
    }

    /** What the stores have for a caller that takes stale values or nothing; null if nothing. */
    private CompletionStage<LookupResult> fromStores(
            String key, LookupRequest request, NearStore.Item near) {
        if (near != null && !isToBeAskedAgain(near)) {
            var found = acceptable(near.entry(), request, Way.NEAR);
            if (found != null) {
                return CompletableFuture.completedFuture(found);
            }
        }
        return tiers.read(tiers.replica(key), List.of(key))
                .thenApply(
                        seen -> {
                            var entry = seen.entries().get(key);
                            if (entry != null) {
                                tiers.near().keep(key, entry, seen.knownAt(), seen.epoch());
                                return acceptable(entry, request, tiers.storeWay());
                            }
                            var item =
                                    near == null
                                            ? null
                                            : tiers.near()
                                                    .judged(key, near, origin.clock().nanos());
                            return item == null
                                    ? null
                                    : acceptable(item.entry(), request, Way.NEAR);
                        });
    }

    /**
     * Whether it is fresh, yet too long near to be the answer while the shared store can give it.
     */
    private boolean isToBeAskedAgain(NearStore.Item near) {
        return origin.clock().nanos() - near.freshUntilNanos() > 0
                && near.entry().isFreshAt(origin.clock().millis());
    }

    private LookupResult acceptable(Entry entry, LookupRequest request, Way freshWay) {
        var now = origin.clock().millis();
        if (entry.isFreshAt(now)) {
            return LookupResult.of(freshWay, entry, now);
        }
        return !entry.isExpired()
                        && now - entry.freshUntil() <= request.maxStale()
                        && !entry.isDeadAt(now)
                ? LookupResult.of(Way.MAX_STALE, entry, now)
                : null;
    }

    /** One caller's wait for a key. */
    private final class Waiter {
        private final String key;
        private final LookupRequest request;
        private final NearStore.Item near;
        private final long arrived = flights.now();
        private final CompletableFuture<LookupResult> result = new CompletableFuture<>();
        private volatile Flight current;
        private int joins;

        Waiter(String key, LookupRequest request, NearStore.Item near) {
            this.key = key;
            this.request = request;
            this.near = near;
        }

        CompletionStage<LookupResult> take() {
            board();
            return answer();
        }

        /** The answer, which comes no later than it may. */
        CompletionStage<LookupResult> answer() {
            if (!result.isDone()) {
                setSoftTimeout();
            }
            return result;
        }

        private void board() {
            var boarding = flights.board(key, request, arrived, joins > MAX_JOINS);
            await(boarding);
            if (boarding.leader()) {
                flights.lead(tiers.replica(key), List.of(boarding.flight()));
            }
        }

        void await(Flights.Boarding boarding) {
            current = boarding.flight();
            joins++;
            boarding.flight()
                    .landing()
                    .thenAccept(landing -> landed(landing, boarding))
                    .exceptionally(
                            error -> {
                                result.complete(failed(Failure.of(error)));
                                return null;
                            });
        }

        private void landed(Landing landing, Flights.Boarding boarding) {
            if (result.isDone()) {
                return;
            }
            if (boarding.again() || isAnothers(landing, boarding) && isOutdated(landing)) {
                board();
            } else {
                result.complete(resultOf(landing, boarding));
            }
        }

        private static boolean isAnothers(Landing landing, Flights.Boarding boarding) {
            return landing.joined() || !boarding.leader();
        }

        /**
         * Whether what others loaded was invalidated meanwhile, perhaps before this caller came.
         */
        private boolean isOutdated(Landing landing) {
            return landing.entry() != null
                    && !tiers.isUntouched(key, landing.entry(), landing.knownAt());
        }

        private LookupResult resultOf(Landing landing, Flights.Boarding boarding) {
            var now = origin.clock().millis();
            if (landing.failure() == null) {
                var loaded = !landing.way().isHit();
                return new LookupResult(
                        landing.way(),
                        landing.entry(),
                        null,
                        landing.stored(),
                        loaded && isAnothers(landing, boarding),
                        now);
            }
            var stale = stale(Way.STALE_IF_ERROR, now);
            return stale != null ? stale : LookupResult.failed(landing.failure(), now);
        }

        /** What may be served instead of a load, checked once more; null if there is nothing. */
        private LookupResult stale(Way way, long now) {
            var flight = current;
            var read = flight.stale();
            var held = read == null ? null : tiers.judged(key, read, flight.staleKnownAt());
            if (held != null) {
                return LookupResult.of(held.isFreshAt(now) ? tiers.storeWay() : way, held, now);
            }
            var item = near == null ? null : tiers.near().judged(key, near, origin.clock().nanos());
            if (item != null) {
                var entry = item.entry();
                return LookupResult.of(entry.isFreshAt(now) ? Way.NEAR : way, entry, now);
            }
            return null;
        }

        private void setSoftTimeout() {
            var timeout = origin.policy().softTimeout();
            if (timeout.isEmpty() || request.refresh()) {
                return;
            }
            Timers.Timer timer =
                    origin.timers()
                            .after(
                                    timeout.get(),
                                    () -> {
                                        if (!serveStale()) {
                                            current.whenStale(this::serveStale);
                                        }
                                    });
            result.whenComplete((done, error) -> timer.cancel());
        }

        private boolean serveStale() {
            var stale = stale(Way.SOFT_TIMEOUT, origin.clock().millis());
            return stale != null && result.complete(stale);
        }
    }
}
