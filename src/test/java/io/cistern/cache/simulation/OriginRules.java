package io.cistern.cache.simulation;

import io.cistern.cache.CachePolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What may be asked of an origin, and when. */
final class OriginRules {

    private final Scenario scenario;
    private final CachePolicy policy;
    private final VirtualTime time;
    private final FakeStore store;
    private final History history;
    private final Journal journal;
    private final Map<Integer, Long> lastStarts = new HashMap<>();

    OriginRules(
            Scenario scenario,
            VirtualTime time,
            FakeStore store,
            History history,
            Journal journal) {
        this.store = store;
        this.scenario = scenario;
        this.policy = scenario.policy();
        this.time = time;
        this.history = history;
        this.journal = journal;
    }

    /** A load begins, and stands in the history. */
    void check(Seen.Load load) {
        if (load.kind.equals("cached")) {
            journal.broken("only-if-cached", "the origin was asked");
        }
        if (load.keys.size() > policy.batchSize()) {
            journal.broken("batch size", load.keys + " at once");
        }
        checkSingleFlight(load);
        checkGate(load.engine);
    }

    private void checkSingleFlight(Seen.Load load) {
        for (var other : history.loads) {
            if (other == load
                    || other.over
                    || other.isExpired()
                    || other.engine != load.engine && !store.isReachable()
                    || !other.isPlain()
                    || !load.isPlain()) {
                continue;
            }
            var from = Math.min(other.leader, load.leader);
            for (var key : load.keys) {
                if (other.keys.contains(key) && !isDisturbed(key, from)) {
                    journal.broken(
                            "single flight",
                            "loads %d and %d of %s".formatted(other.id, load.id, key));
                }
            }
        }
    }

    /** Whether an invalidation or trouble with the store may excuse something. */
    private boolean isDisturbed(String key, long since) {
        var trimmed = scenario.mayTrim(history.changes.size());
        return history.isTroubled(since)
                || history.learned.stream().anyMatch(at -> at >= since)
                || history.changes.stream()
                        .filter(
                                it ->
                                        trimmed
                                                || it.concerns(key, List.of())
                                                || !it.change.tags().isEmpty())
                        .anyMatch(it -> it.touchedSince(since));
    }

    private void checkGate(int engine) {
        var hard = policy.hardTimeout().toNanos();
        var running =
                history.loads.stream()
                        .filter(it -> it.engine == engine)
                        .filter(it -> !it.over)
                        .filter(it -> !it.isExpired() || time.nanos() < it.expiredNanos + hard)
                        .count();
        if (running > policy.maxConcurrentLoads()) {
            journal.broken("bulkhead", running + " calls at once");
        }
        policy.loadRate()
                .ifPresent(
                        rate -> {
                            var spacing = (long) (1e9 / rate);
                            var last = lastStarts.get(engine);
                            if (last != null && time.nanos() - last < spacing) {
                                journal.broken(
                                        "load rate", "two calls in less than " + spacing + " ns");
                            }
                        });
        lastStarts.put(engine, time.nanos());
    }
}
