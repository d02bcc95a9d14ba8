package io.cistern.cache.simulation;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.LookupResult;
import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;

/** What may be answered, and when. */
final class AnswerRules {

    /** Nanoseconds by which moments in milliseconds may be off. */
    private static final long ROUNDING = 2_000_000;

    private final Scenario scenario;
    private final CachePolicy policy;
    private final VirtualTime time;
    private final FakeStore store;
    private final History history;
    private final Journal journal;
    private final Map<Entry, Integer> leaders = new IdentityHashMap<>();

    AnswerRules(
            Scenario scenario,
            VirtualTime time,
            FakeStore store,
            History history,
            Journal journal) {
        this.scenario = scenario;
        this.policy = scenario.policy();
        this.time = time;
        this.store = store;
        this.history = history;
        this.journal = journal;
    }

    /**
     * @param lookup who is answered
     * @param result with what
     * @param late whether it may have had the answer for a while, and waited for others
     */
    void check(Seen.Asked lookup, LookupResult result, boolean late) {
        if (time.nanos() - lookup.beganNanos > scenario.patience()) {
            journal.broken("ends in time", "lookup " + lookup.id);
        }
        if (result.way() == Way.SOFT_TIMEOUT
                && policy.softTimeout()
                        .map(soft -> time.nanos() - lookup.beganNanos < soft.toNanos())
                        .orElse(true)) {
            journal.broken("soft time-out", "lookup " + lookup.id + " too early");
        }
        if (!late && store.isReachable()) {
            checkNoNeedlessLoad(lookup, result);
        }
        var source = result.entry() == null ? null : history.sourceOf(result.entry());
        if (source == null) {
            return;
        }
        checkChanges(lookup, result, source);
        var maker = history.confirmedBy(result.entry());
        if (!late) {
            checkAge(lookup, result, maker);
        }
        checkLoaded(lookup, result, maker);
    }

    private void checkChanges(Seen.Asked lookup, LookupResult result, Seen.Source source) {
        for (var change : history.changes) {
            if (change.acknowledged < lookup.began
                    && isToBeKnown(change, lookup)
                    && source.tick() < change.effect(history.partitions.get(lookup.key))
                    && change.concerns(lookup.key, result.entry().tags())) {
                journal.broken(
                        "invalidation",
                        "lookup %d got %s after change %d"
                                .formatted(lookup.id, history.describe(result.entry()), change.id));
            }
        }
    }

    /** At once where it was made, and soon elsewhere, unless that is cut off from the store. */
    private boolean isToBeKnown(Seen.Changed change, Seen.Asked lookup) {
        return change.engine == lookup.engine
                || store.isReachable()
                        && lookup.beganNanos - change.acknowledgedNanos > scenario.coherence()
                        && !history.isTroubled(change.acknowledged);
    }

    private void checkAge(Seen.Asked lookup, LookupResult result, Seen.Source source) {
        if (!result.way().isHit()) {
            return;
        }
        var given = source.ttl(lookup.key);
        var ttl = given == null ? policy.ttl() : given;
        var limit = result.entry().negative() ? policy.negativeTtl() : ttl;
        var stale =
                switch (result.way()) {
                    case STALE_IF_ERROR, SOFT_TIMEOUT -> policy.maxStale();
                    case MAX_STALE -> {
                        var taken = Duration.ofMillis(lookup.request.maxStale());
                        yield taken.compareTo(policy.maxStale()) < 0 ? taken : policy.maxStale();
                    }
                    default -> Duration.ZERO;
                };
        if (!result.entry().negative()) {
            limit = limit.plus(stale);
        }
        var age = time.nanos() - source.bornNanos();
        var corrected = (time.backwardsMillis() - source.bornBackwards()) * 1_000_000;
        if (age > limit.toNanos() + corrected + ROUNDING) {
            journal.broken(
                    "age",
                    "lookup %d got %s at the age of %,d ms, limit %s"
                            .formatted(
                                    lookup.id,
                                    history.describe(result.entry()),
                                    age / 1_000_000,
                                    limit));
        }
    }

    private void checkLoaded(Seen.Asked lookup, LookupResult result, Seen.Source source) {
        if (result.way().isHit()) {
            return;
        }
        var fresh = lookup.kind.equals("refresh") || lookup.kind.equals("bypass");
        if (fresh && source.tick() < lookup.began) {
            journal.broken("refresh", "lookup " + lookup.id + " got what was loaded before it");
        }
        if (source instanceof Seen.Load load) {
            checkStored(lookup, result, load);
        }
        if (!result.collapsed() && source instanceof Seen.Load load) {
            var times = leaders.merge(result.entry(), 1, Integer::sum);
            if (times > 1) {
                journal.broken("collapsed", times + " lookups say they made load " + load.id);
            }
        }
    }

    /** Where nothing stood in the way, what was loaded must be stored. */
    private void checkStored(Seen.Asked lookup, LookupResult result, Seen.Load load) {
        var nothingInTheWay =
                !lookup.kind.equals("bypass")
                        && result.entry().value().length <= policy.maxValueSize()
                        && store.isReachable()
                        && !scenario.mayOutlastLeases()
                        && !history.isTroubled(load.leader)
                        && history.changes.stream().allMatch(it -> it.acknowledged < load.leader);
        if (nothingInTheWay && !result.stored()) {
            journal.broken("caches", "lookup %d was not stored".formatted(lookup.id));
        }
    }

    /** What is stored, and was touched by nothing, must be found. */
    private void checkNoNeedlessLoad(Seen.Asked lookup, LookupResult result) {
        var there = history.stored.get(lookup.key);
        var source = there == null ? null : history.sourceOf(there.entry());
        if (source == null
                || !lookup.kind.equals("plain")
                || !lookup.alone
                || result.way() == Way.SOFT_TIMEOUT
                || isBehind(lookup.key, there, history.confirmedBy(there.entry()))
                || there.tick() > lookup.began
                || !there.entry().isFreshAt(time.millis())
                || history.isTroubled(there.tick())) {
            return;
        }
        // What is warmed counts from before it was read.
        var since = source instanceof Seen.Reading reading ? reading.began : source.tick();
        var untouched =
                history.changes.stream()
                        .filter(it -> it.concerns(lookup.key, there.entry().tags()))
                        .noneMatch(it -> it.touchedSince(since));
        var trimmed = scenario.mayTrim(history.changes.size());
        if (untouched && !trimmed && result.way() != Way.NEAR && result.way() != Way.SHARED) {
            journal.broken("caches", "lookup %d was no hit".formatted(lookup.id));
        }
    }

    /** Whether its load began while the engine had not heard of all invalidations. */
    private boolean isBehind(String key, Seen.Stored there, Seen.Source source) {
        return source instanceof Seen.Load load
                && !there.entry().position().equals(load.order[history.partitions.get(key)]);
    }
}
