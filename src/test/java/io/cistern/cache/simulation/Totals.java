package io.cistern.cache.simulation;

import io.cistern.cache.Cache;
import io.cistern.cache.CachePolicy;
import io.cistern.cache.LookupResult;
import io.cistern.cache.Statistics;
import io.cistern.cache.spi.Observer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Counts what the statistics count, and compares in the end. */
final class Totals {

    /** No queue is longer, so that nobody is turned away. */
    private static final int WIDE = 1_000;

    private final CachePolicy policy;
    private final VirtualTime time;
    private final History history;
    private final Journal journal;
    private final Map<Observer.Lookup, Integer> kinds = new EnumMap<>(Observer.Lookup.class);
    private int oversized;
    private int collapsed;
    private int invalidated;
    private boolean crashed;

    Totals(CachePolicy policy, VirtualTime time, History history, Journal journal) {
        this.policy = policy;
        this.time = time;
        this.history = history;
        this.journal = journal;
    }

    /** How many lookups ended how. */
    Map<Observer.Lookup, Integer> kinds() {
        return kinds;
    }

    void answered(LookupResult result) {
        kinds.merge(result.kind(), 1, Integer::sum);
        collapsed += result.collapsed() ? 1 : 0;
    }

    void invalidated() {
        invalidated++;
    }

    /** What it had counted is lost. */
    void crashed() {
        crashed = true;
    }

    void oversized() {
        oversized++;
    }

    /** Once nothing is left to happen. */
    void check(List<Cache> caches) {
        history.lookups.stream()
                .filter(it -> !it.done)
                .forEach(
                        it ->
                                journal.broken(
                                        "every lookup ends", "lookup " + it.id + " of " + it.key));
        caches.forEach(
                cache -> {
                    same("running", 0, cache.loading());
                    same("waiting", 0, cache.waiting());
                    same("flying", 0, cache.flying());
                });
        if (crashed) {
            return;
        }
        same("timers", 0, time.timers());
        var cancelled = history.lookups.stream().filter(it -> it.cancelled).count();
        same("requests", history.lookups.size(), sum(caches, Statistics::requests));
        var difference = 0L;
        for (var kind : Observer.Lookup.values()) {
            var more = sum(caches, it -> it.lookups(kind)) - kinds.getOrDefault(kind, 0);
            if (more < 0) {
                journal.broken("statistics", kind + " off by " + more);
            }
            difference += more;
        }
        same("of cancelled callers", cancelled, difference);
        if (cancelled == 0) {
            same("collapsed", collapsed, sum(caches, Statistics::collapsed));
        }
        same("oversized", oversized, sum(caches, Statistics::oversized));
        same("invalidations", invalidated, sum(caches, Statistics::invalidations));
        for (var outcome : Observer.Load.values()) {
            var mine = history.loads.stream().filter(it -> it.outcome == outcome).count();
            var exact =
                    switch (outcome) {
                        case REFUSED -> policy.maxWaiting() > WIDE;
                        case TIMEOUT ->
                                policy.maxConcurrentLoads() > WIDE && policy.loadRate().isEmpty();
                        default -> true;
                    };
            var theirs = sum(caches, it -> it.loads(outcome));
            if (exact ? theirs != mine : theirs < mine) {
                journal.broken(
                        "statistics", "loads %s: %d, seen %d".formatted(outcome, theirs, mine));
            }
        }
    }

    private static long sum(List<Cache> caches, ToLongFunction<Statistics> count) {
        return caches.stream().map(Cache::statistics).mapToLong(count).sum();
    }

    private void same(String what, long expected, long actual) {
        if (expected != actual) {
            journal.broken(
                    "statistics", "%s: expected %d, was %d".formatted(what, expected, actual));
        }
    }
}
