package io.cistern.cache.simulation;

import io.cistern.cache.Cache;
import io.cistern.cache.CachePolicy;
import io.cistern.cache.LookupResult;
import io.cistern.cache.spi.Observer;
import java.util.EnumMap;
import java.util.Map;

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

    void oversized() {
        oversized++;
    }

    /** Once nothing is left to happen. */
    void check(Cache cache) {
        history.lookups.stream()
                .filter(it -> !it.done)
                .forEach(
                        it ->
                                journal.broken(
                                        "every lookup ends", "lookup " + it.id + " of " + it.key));
        same("running", 0, cache.loading());
        same("waiting", 0, cache.waiting());
        same("flying", 0, cache.flying());
        same("timers", 0, time.timers());
        var statistics = cache.statistics();
        var cancelled = history.lookups.stream().filter(it -> it.cancelled).count();
        same("requests", history.lookups.size(), statistics.requests());
        var difference = 0L;
        for (var kind : Observer.Lookup.values()) {
            var more = statistics.lookups(kind) - kinds.getOrDefault(kind, 0);
            if (more < 0) {
                journal.broken("statistics", kind + " off by " + more);
            }
            difference += more;
        }
        same("of cancelled callers", cancelled, difference);
        if (cancelled == 0) {
            same("collapsed", collapsed, statistics.collapsed());
        }
        same("oversized", oversized, statistics.oversized());
        same("invalidations", invalidated, statistics.invalidations());
        for (var outcome : Observer.Load.values()) {
            var mine = history.loads.stream().filter(it -> it.outcome == outcome).count();
            var exact =
                    switch (outcome) {
                        case REFUSED -> policy.maxWaiting() > WIDE;
                        case TIMEOUT ->
                                policy.maxConcurrentLoads() > WIDE && policy.loadRate().isEmpty();
                        default -> true;
                    };
            var theirs = statistics.loads(outcome);
            if (exact ? theirs != mine : theirs < mine) {
                journal.broken(
                        "statistics", "loads %s: %d, seen %d".formatted(outcome, theirs, mine));
            }
        }
    }

    private void same(String what, long expected, long actual) {
        if (expected != actual) {
            journal.broken(
                    "statistics", "%s: expected %d, was %d".formatted(what, expected, actual));
        }
    }
}
