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

    /** What is served as known must know of all that was acknowledged so long before. */
    private static final long COHERENCE = Duration.ofMillis(100).toNanos();

    private final Scenario scenario;
    private final CachePolicy policy;
    private final VirtualTime time;
    private final FakeStore store;
    private final History history;
    private final Journal journal;
    private final Map<Entry, Integer> leaders = new IdentityHashMap<>();
    private long settled = Seen.NEVER;

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
        if (policy.whenCut() == CachePolicy.WhenCut.BYPASS
                && result.way().isHit()
                && result.cut()) {
            journal.broken("bypass", "lookup " + lookup.id + " got what was held");
        }
        if (!late && store.isReachable()) {
            checkNoNeedlessLoad(lookup, result);
        }
        var source = result.entry() == null ? null : history.sourceOf(result.entry());
        if (source == null) {
            return;
        }
        checkChanges(lookup, result);
        var maker = history.confirmedBy(result.entry());
        if (!late) {
            checkAge(lookup, result);
        }
        checkLoaded(lookup, result, maker);
    }

    private void checkChanges(Seen.Asked lookup, LookupResult result) {
        for (var change : history.changes) {
            var source = history.sourceOf(result.entry(), change);
            if (change.acknowledged < lookup.began
                    && (change.change.isEviction() || !mayStandIn(result.way()))
                    && isToBeKnown(change, lookup, result)
                    && source.tick() < change.effect(history.partitions.get(lookup.key))
                    && change.concerns(lookup.key, result.entry())) {
                journal.broken(
                        "invalidation",
                        "lookup %d got %s after change %d"
                                .formatted(lookup.id, history.describe(result.entry()), change.id));
            }
        }
    }

    /** What was told stale may be served instead of a load that failed or is late. */
    private static boolean mayStandIn(Way way) {
        return way == Way.STALE_IF_ERROR || way == Way.SOFT_TIMEOUT;
    }

    /**
     * At once where it was made, and soon elsewhere, unless that is cut off from the store: then it
     * must say so.
     */
    private boolean isToBeKnown(Seen.Changed change, Seen.Asked lookup, LookupResult result) {
        if (lookup.began > settled || change.engine == lookup.engine) {
            return true;
        }
        if (change.isMissing() || change.lost && change.healed > lookup.began) {
            return false;
        }
        var since =
                lookup.beganNanos - (change.lost ? change.healedNanos : change.acknowledgedNanos);
        var claimsToKnow = result.way().isHit() && !result.cut();
        return claimsToKnow && since > COHERENCE
                || store.isReachable()
                        && since > scenario.coherence()
                        && !history.isTroubled(change.acknowledged);
    }

    /** Nothing stands in the way of anybody who comes from now on. */
    void settled(long tick) {
        settled = tick;
    }

    private void checkAge(Seen.Asked lookup, LookupResult result) {
        if (result.way().isHit()
                && history.makers(result.entry()).stream()
                        .allMatch(it -> isTooOld(lookup, result, it))) {
            journal.broken(
                    "age",
                    "lookup %d got %s, which is too old"
                            .formatted(lookup.id, history.describe(result.entry())));
        }
    }

    private boolean isTooOld(Seen.Asked lookup, LookupResult result, Seen.Source source) {
        var given = source.ttl(lookup.key);
        var usual = result.entry().negative() ? policy.negativeTtl() : policy.ttl();
        var limit = given == null ? usual : given;
        if (!result.entry().negative()) {
            limit = limit.plus(mayBeStale(lookup, result.way(), source));
        }
        var age = time.nanos() - source.bornNanos();
        var corrected = (time.backwardsMillis() - source.bornBackwards()) * 1_000_000;
        return age > limit.toNanos() + corrected + ROUNDING;
    }

    /** For how long after its ttl it may be answered in some way. */
    private Duration mayBeStale(Seen.Asked lookup, Way way, Seen.Source source) {
        var given = source.maxStale(lookup.key);
        var most = given == null ? policy.maxStale() : given;
        return switch (way) {
            case STALE_IF_ERROR, SOFT_TIMEOUT -> most;
            case MAX_STALE -> {
                var taken = Duration.ofMillis(lookup.request.maxStale());
                yield taken.compareTo(most) < 0 ? taken : most;
            }
            default -> Duration.ZERO;
        };
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
                        && !isWarmed(lookup.key)
                        && result.entry().value().length <= policy.maxValueSize()
                        && store.isReachable()
                        && !result.entry().isDeadAt(time.millis())
                        && !scenario.mayOutlastLeases()
                        && !history.isTroubled(load.leader)
                        && isAt(load, lookup.key, result.entry())
                        && history.changes.stream().allMatch(it -> it.acknowledged < load.leader);
        if (nothingInTheWay && !result.stored()) {
            journal.broken("caches", "lookup %d was not stored".formatted(lookup.id));
        }
    }

    /** What was warmed at a later position stays. */
    private boolean isWarmed(String key) {
        var there = history.stored.get(key);
        return there != null && history.sourceOf(there.entry()) instanceof Seen.Reading;
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
        return source instanceof Seen.Load load && !isAt(load, key, there.entry());
    }

    private boolean isAt(Seen.Load load, String key, Entry entry) {
        var partition = history.partitions.get(key);
        return partition != null && entry.position().equals(load.order[partition]);
    }
}
