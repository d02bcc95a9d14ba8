package io.cistern.cache;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Observer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Lookups of keys as they are kept: at once where what is near will do, each counted once. */
final class CountedLookups {

    private final Tiers tiers;
    private final Lookups lookups;
    private final RefreshAhead ahead;
    private final Statistics statistics;
    private final Observer observer;
    private final Clock clock;

    CountedLookups(
            Tiers tiers,
            Lookups lookups,
            RefreshAhead ahead,
            Statistics statistics,
            Observer observer,
            Clock clock) {
        this.tiers = tiers;
        this.lookups = lookups;
        this.ahead = ahead;
        this.statistics = statistics;
        this.observer = observer;
        this.clock = clock;
    }

    /**
     * @param key the key
     * @param request what is asked beyond it, and what an entry has to be
     * @param started when it was asked, in monotonic nanoseconds
     */
    CompletionStage<LookupResult> lookup(String key, LookupRequest request, long started) {
        statistics.asked(key);
        var near = tiers.held(key, request.validity(), started);
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

    /** The same of many, each of which is answered once. */
    CompletionStage<Map<String, LookupResult>> lookupAll(
            Collection<String> keys, LookupRequest request) {
        var started = clock.nanos();
        Map<String, CompletionStage<LookupResult>> answers = new LinkedHashMap<>();
        Map<String, Tiers.Held> further = new LinkedHashMap<>();
        var oneByOne = request.bypass() || request.onlyIfCached() || request.maxStale() > 0;
        for (var key : keys) {
            if (answers.containsKey(key)) {
                continue;
            }
            answers.put(key, null);
            if (oneByOne) {
                answers.put(key, lookup(key, request, started));
                continue;
            }
            statistics.asked(key);
            var near = tiers.held(key, request.validity(), started);
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

    /** The same, counted. */
    LookupResult counted(LookupResult result, long started) {
        statistics.looked(result);
        observer.looked(result.kind(), clock.nanos() - started);
        return result;
    }
}
