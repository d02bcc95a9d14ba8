package io.cistern.cache;

import io.cistern.cache.Flight.Landing;
import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.NearStore;
import java.time.Duration;
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
    CompletionStage<LookupResult> lookup(String key, LookupRequest request, Tiers.Held near) {
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
            Map<String, Tiers.Held> keys, LookupRequest request) {
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
                        new Loader.Request(
                                List.of(key),
                                request.headers(),
                                null,
                                request.validity().environment()),
                        () -> {},
                        (values, failure) ->
                                result.complete(
                                        failure == null
                                                ? loaded(values.get(key), began, request.validity())
                                                : failed(failure)))
                .begin(gate);
        return result;
    }

    private LookupResult loaded(Loader.Value value, Position began, Validity validity) {
        try {
            var entry = entries.make(value, began, null, validity);
            return LookupResult.of(Way.BYPASS, entry, origin.clock().millis());
        } catch (RuntimeException e) {
            return failed(Failure.of(e));
        }
    }

    /** What the stores have for a caller that takes stale values or nothing; null if nothing. */
    private CompletionStage<LookupResult> fromStores(
            String key, LookupRequest request, Tiers.Held near) {
        var maySkipStore = near != null && (near.kept() || tiers.coherence().servesNow());
        if (maySkipStore && !isToBeAskedAgain(near.item())) {
            var found = acceptable(near.item().entry(), request, Way.NEAR);
            if (found != null) {
                return CompletableFuture.completedFuture(near.kept() ? found : found.cutOff());
            }
        }
        return tiers.read(tiers.replica(key), List.of(key), request.validity())
                .thenApply(
                        seen -> {
                            var entry = seen.entries().get(key);
                            if (entry != null) {
                                tiers.near()
                                        .keep(
                                                key,
                                                request.validity(),
                                                entry,
                                                seen.knownAt(),
                                                seen.epoch());
                                return acceptable(entry, request, tiers.storeWay());
                            }
                            return near == null
                                    ? null
                                    : fromNear(key, request, near, seen.available());
                        });
    }

    private LookupResult fromNear(
            String key, LookupRequest request, Tiers.Held near, boolean storeAnswered) {
        var item = tiers.near().judged(key, near.item(), now());
        var found = item == null ? null : acceptable(item.entry(), request, Way.NEAR);
        return found == null || storeAnswered || near.kept() ? found : found.cutOff();
    }

    private long now() {
        return origin.clock().nanos();
    }

    /**
     * Whether it is fresh, yet too long near to be the answer while the shared store can give it.
     */
    private boolean isToBeAskedAgain(NearStore.Item near) {
        return now() - near.freshUntilNanos() > 0
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
        private final Tiers.Held near;
        private final long arrived = flights.now();
        private final long arrivedNanos = now();
        private final CompletableFuture<LookupResult> result = new CompletableFuture<>();
        private volatile Flight current;
        private int joins;

        Waiter(String key, LookupRequest request, Tiers.Held near) {
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
            if (near != null && !near.kept() && near.isFresh(arrivedNanos) && !request.refresh()) {
                // The store was asked only because nobody knew: it must not hold up what is near.
                serveNearSoon();
            }
            return result;
        }

        private void serveNearSoon() {
            var due = now() + Pulse.LIMIT.toNanos();
            after(
                    Pulse.LIMIT,
                    () -> {
                        if (Pulse.isLate(origin.clock(), due)) {
                            serveNearSoon();
                        } else {
                            serveNear();
                        }
                    });
        }

        private void serveNear() {
            // Before the marks.
            var kept = isKept();
            var item = tiers.near().judged(key, near.item(), now());
            var now = origin.clock().millis();
            if (item != null && item.entry().isFreshAt(now)) {
                var hit = LookupResult.of(Way.NEAR, item.entry(), now);
                result.complete(kept ? hit : hit.cutOff());
            }
        }

        /**
         * Whether the marks, looked at from now on, tell of all that was invalidated a little
         * before this caller came.
         */
        private boolean isKept() {
            return tiers.coherence().isKept(tiers.replica(key), arrivedNanos);
        }

        private void after(Duration delay, Runnable task) {
            if (!result.isDone()) {
                var timer = origin.timers().after(delay, task);
                result.whenComplete((done, error) -> timer.cancel());
            }
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
            // Before the marks.
            var kept = isKept();
            var outdated = isAnothers(landing, boarding) && isOutdated(landing, kept);
            if (outdated && now() - arrivedNanos >= origin.policy().hardTimeout().toNanos()) {
                result.complete(
                        failed(
                                Failure.of(
                                        Failure.Kind.TIMEOUT,
                                        "it was invalidated again and again while it was loaded")));
            } else if (boarding.again() || outdated) {
                board();
            } else {
                result.complete(resultOf(landing, boarding, kept));
            }
        }

        private static boolean isAnothers(Landing landing, Flights.Boarding boarding) {
            return landing.joined() || !boarding.leader();
        }

        /**
         * Whether what others found or loaded was invalidated meanwhile, perhaps before this caller
         * came; or may have been, which the store can tell.
         */
        private boolean isOutdated(Landing landing, boolean kept) {
            return landing.entry() != null
                    && (!tiers.isUntouched(key, landing.entry(), landing.knownAt())
                            || !kept && !isTakenUnknown(landing));
        }

        /** What nobody can tell to be right is taken where the store can't be asked, or not. */
        private boolean isTakenUnknown(Landing landing) {
            return tiers.coherence().isCut()
                    && (!landing.way().isHit() || tiers.coherence().servesWhenCut());
        }

        private LookupResult resultOf(Landing landing, Flights.Boarding boarding, boolean kept) {
            var now = origin.clock().millis();
            if (landing.failure() == null) {
                var loaded = !landing.way().isHit();
                var cut = loaded ? tiers.coherence().isCut() : !kept;
                return new LookupResult(
                        cut && loaded && !tiers.coherence().servesWhenCut()
                                ? Way.BYPASS
                                : landing.way(),
                        landing.entry(),
                        null,
                        landing.stored(),
                        loaded && isAnothers(landing, boarding),
                        cut,
                        now);
            }
            var stale = stale(Way.STALE_IF_ERROR, now);
            return stale != null ? stale : LookupResult.failed(landing.failure(), now);
        }

        /** What may be served instead of a load, checked once more; null if there is nothing. */
        private LookupResult stale(Way way, long now) {
            // Before the marks.
            var kept = isKept();
            if (!kept && !tiers.coherence().servesWhenCut()) {
                return null;
            }
            var result = held(way, now);
            if (result == null || request.refusesExpired() && result.entry().isExpired()) {
                return null;
            }
            return kept ? result : result.cutOff();
        }

        private LookupResult held(Way way, long now) {
            var flight = current;
            var read = flight.stale();
            var entry = read == null ? null : tiers.judged(key, read, flight.staleKnownAt());
            if (entry != null) {
                return LookupResult.of(entry.isFreshAt(now) ? tiers.storeWay() : way, entry, now);
            }
            var item = near == null ? null : tiers.near().judged(key, near.item(), now());
            if (item == null) {
                return null;
            }
            return LookupResult.of(item.entry().isFreshAt(now) ? Way.NEAR : way, item.entry(), now);
        }

        private void setSoftTimeout() {
            var timeout = origin.policy().softTimeout();
            if (timeout.isEmpty() || request.refresh()) {
                return;
            }
            after(
                    timeout.get(),
                    () -> {
                        if (!serveStale()) {
                            current.whenStale(this::serveStale);
                        }
                    });
        }

        private boolean serveStale() {
            var stale = stale(Way.SOFT_TIMEOUT, origin.clock().millis());
            return stale != null && result.complete(stale);
        }
    }
}
