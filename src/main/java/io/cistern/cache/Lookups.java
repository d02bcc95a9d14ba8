package io.cistern.cache;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.NearStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers lookups past what is fresh and near: from flights, from what is stale, or not at all. */
final class Lookups {

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
            return waiter(key, request, near).take();
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
                                        : waiter(key, request, near).take();
                            });
        }
        return waiter(key, request, near).take();
    }

    private Waiter waiter(String key, LookupRequest request, Tiers.Held near) {
        return new Waiter(tiers, flights, origin, key, request, near);
    }

    /** Lookups of many keys, none of which is fresh and near. */
    Map<String, CompletionStage<LookupResult>> lookupAll(
            Map<String, Tiers.Held> keys, LookupRequest request) {
        Map<String, Waiter> waiting = new LinkedHashMap<>();
        Map<Replica, List<Flight>> mine = new HashMap<>();
        keys.forEach(
                (key, near) -> {
                    var waiter = waiter(key, request, near);
                    var boarding = flights.board(key, request, waiter.arrived(), false);
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
}
