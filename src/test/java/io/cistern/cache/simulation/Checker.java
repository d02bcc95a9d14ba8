package io.cistern.cache.simulation;

import io.cistern.cache.Cache;
import io.cistern.cache.CachePolicy;
import io.cistern.cache.LookupRequest;
import io.cistern.cache.LookupResult;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Observer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sees everything that happens and compares every answer with it. */
final class Checker implements FakeStore.Probe {

    private final CachePolicy policy;
    private final VirtualTime time;
    private final FakeStore store;
    private final Journal journal;
    private final History history = new History();
    private final OriginRules originRules;
    private final AnswerRules answerRules;
    private final Totals totals;
    private final Map<Integer, Long> generations = new HashMap<>();
    private Seen.Load answering;
    private Seen.Changed changing;

    Checker(Scenario scenario, VirtualTime time, FakeStore store, Journal journal) {
        this.policy = scenario.policy();
        this.time = time;
        this.store = store;
        this.journal = journal;
        this.originRules = new OriginRules(scenario, time, store, history, journal);
        this.answerRules = new AnswerRules(scenario, time, store, history, journal);
        this.totals = new Totals(policy, time, history, journal);
    }

    Map<Observer.Lookup, Integer> kinds() {
        return totals.kinds();
    }

    // The origin

    Seen.Load loading(int engine, Loader.Request request) {
        journal.log(
                "engine "
                        + engine
                        + ": load "
                        + history.loads.size()
                        + " of "
                        + request.keys()
                        + " "
                        + request.headers());
        var partitions = store.partitions();
        var order = new Position[partitions];
        var generations = new int[partitions];
        for (var i = 0; i < partitions; i++) {
            order[i] = store.model(i).position();
            generations[i] = store.model(i).generations();
        }
        var load =
                new Seen.Load(
                        history.loads.size(),
                        engine,
                        request.keys(),
                        request.headers().get("kind"),
                        Long.parseLong(request.headers().get("began")),
                        journal.tick(),
                        order,
                        generations);
        load.whileSetBack = history.setBack;
        history.loads.add(load);
        originRules.check(load);
        return load;
    }

    void expired(Seen.Load load) {
        journal.log("load " + load.id + " ran out of time");
        load.expiredNanos = time.nanos();
        if (load.outcome == null) {
            load.outcome = Observer.Load.TIMEOUT;
        }
    }

    /** Just before an origin answers. */
    void answered(Seen.Load load, Observer.Load outcome, String what) {
        journal.log("load " + load.id + " ends: " + what);
        load.over = true;
        load.endNanos = time.nanos();
        load.endMillis = time.millis();
        load.endBackwards = time.backwardsMillis();
        if (load.outcome == null) {
            load.outcome = outcome;
        }
        answering = load;
    }

    /** An origin says that what another load brought still holds; just before it answers. */
    void confirmed(Seen.Load load, int other) {
        journal.log("load " + load.id + " confirms load " + other);
        history.loads.get(other).confirmations.add(load);
    }

    void told() {
        answering = null;
    }

    void oversized(Seen.Load load) {
        if (!load.isExpired() && !load.kind.equals("bypass")) {
            totals.oversized();
        }
    }

    // The store

    @Override
    public void filling(int partition, String key, Entry entry) {
        history.partitions.put(key, partition);
        if (entry.negative() && answering != null) {
            history.born.putIfAbsent(entry, answering);
        }
        var source = history.confirmedBy(entry);
        if (!(source instanceof Seen.Load load)) {
            return;
        }
        var at = entry.position();
        var then = load.order[partition];
        var ahead =
                Position.numberOf(at.generation()) > load.generations[partition]
                        || at.generation() == then.generation() && at.version() > then.version();
        if (ahead && !load.whileSetBack) {
            journal.broken("fence", "%s claims %s, its load began at %s".formatted(key, at, then));
        }
    }

    @Override
    public void filled(String key, Entry entry) {
        checkFence(key, entry);
        checkNewer(key, entry);
        journal.log("stored " + key + " " + history.describe(entry));
        history.stored.put(key, new Seen.Stored(entry, journal.tick()));
    }

    /** How many loads were begun. */
    int loads() {
        return history.loads.size();
    }

    /** Somebody asks where the invalidations stand, to read after that. */
    long beginning(int engine) {
        journal.log("engine " + engine + " begins to warm");
        return journal.tick();
    }

    /** Rows were read, and are about to be stored. */
    Seen.Reading reading(int engine, long began, long beganBackwards) {
        journal.log("engine " + engine + ": reading " + history.readings.size());
        var reading =
                new Seen.Reading(
                        history.readings.size(), engine, journal.tick(), began, beganBackwards);
        history.readings.add(reading);
        return reading;
    }

    void storing(Seen.Reading reading) {
        journal.log("rows of reading " + reading.id + " are to be stored");
        reading.storedNanos = time.nanos();
        reading.storedBackwards = time.backwardsMillis();
    }

    /** What was read before something else was loaded must not take its place. */
    private void checkNewer(String key, Entry entry) {
        var before = history.stored.get(key);
        if (before == null
                || before.entry().negative()
                || before.entry().isDeadAt(time.millis())
                // A store that lost it has nothing to keep.
                || history.isTroubled(before.tick())
                || !(history.sourceOf(entry) instanceof Seen.Reading reading)) {
            return;
        }
        var other = history.sourceOf(before.entry());
        var invalidated =
                history.changes.stream()
                        .anyMatch(
                                change ->
                                        change.effect(history.partitions.get(key)) > reading.began
                                                && change.concerns(key, before.entry().tags()));
        if (other instanceof Seen.Load load
                && load.tick() > reading.tick()
                && !invalidated
                && before.entry().position().equals(entry.position())
                && load.confirmations.isEmpty()
                // By a clock that is corrected, what is newer may look older.
                && reading.beganBackwards == load.bornBackwards()) {
            journal.broken(
                    "newer",
                    "%s took the place of %s"
                            .formatted(history.describe(entry), history.describe(before.entry())));
        }
    }

    /** A load that began before an invalidation must not fill; tags are judged when it is read. */
    private void checkFence(String key, Entry entry) {
        for (var change : history.changes) {
            // What a change spared may be confirmed later, by a load that began after it.
            var source =
                    change.concerns(key, entry)
                            ? history.sourceOf(entry, change)
                            : history.confirmedBy(entry);
            var effect = change.effect(history.partitions.get(key));
            if (source != null
                    && !change.isMissing()
                    && effect != Seen.NEVER
                    && effect > source.tick()
                    && change.concerns(key, List.of())) {
                journal.broken(
                        "fence", history.describe(entry) + " was stored after change " + change.id);
            }
        }
    }

    @Override
    public FakeStore.Effect changing(int partition) {
        var mine = changing;
        return master -> {
            journal.log("change " + mine.id + " takes effect in " + partition);
            if (!master) {
                journal.log("which was left behind");
                mine.lose();
            }
            mine.effects.putIfAbsent(partition, journal.tick());
        };
    }

    @Override
    public void learns(int partition, Position position) {
        history.learned.add(journal.tick());
        if (!Long.valueOf(position.generation())
                .equals(generations.put(partition, position.generation()))) {
            disturbed("another generation in " + partition);
        }
    }

    @Override
    public void hears() {
        journal.log("an engine learns of a change");
        history.learned.add(journal.tick());
    }

    @Override
    public void trouble() {
        journal.log("the store fails");
        history.troubles.add(journal.tick());
    }

    /** Something about the store that excuses loads which were not needed otherwise. */
    void disturbed(String what) {
        journal.log(what);
        history.troubles.add(journal.tick());
    }

    /** By now. */
    long now() {
        return journal.tick();
    }

    /** The store is what it was at a moment. */
    void setBack(long to) {
        lose("the store is set back to step " + to, to, true);
    }

    /** A replica takes over that has all that was confirmed, and is as it was at a moment. */
    void failedOver(long to) {
        lose("a replica takes over that is at step " + to, to, false);
    }

    private void lose(String what, long to, boolean acknowledged) {
        disturbed(what);
        history.setBack = true;
        history.stored.clear();
        for (var change : history.changes) {
            if (change.isLaterThan(to) && (acknowledged || change.acknowledged == Seen.NEVER)) {
                change.lose();
            }
        }
    }

    /** All who knew something that was lost have been heard. */
    void healed() {
        disturbed("all have said hello");
        history.setBack = false;
        var now = journal.tick();
        for (var change : history.changes) {
            if (change.isMissing()) {
                change.healed = now;
                change.healedNanos = time.nanos();
            }
        }
    }

    /** From now on every instance must know of every change. */
    void settled() {
        journal.log("all must have settled");
        answerRules.settled(journal.tick());
    }

    void evicted(String key) {
        journal.log("evicted " + key);
        history.stored.remove(key);
    }

    // Changes

    Seen.Changed change(int engine, Change change, boolean put) {
        journal.log(
                "engine "
                        + engine
                        + (put ? ": put " : ": invalidate ")
                        + history.changes.size()
                        + " "
                        + change);
        var one =
                new Seen.Changed(
                        history.changes.size(),
                        engine,
                        change,
                        put,
                        journal.tick(),
                        time.nanos(),
                        time.backwardsMillis());
        history.changes.add(one);
        changing = one;
        return one;
    }

    void changed(Seen.Changed change, Throwable error) {
        if (error == null) {
            journal.log("change " + change.id + " is acknowledged");
            change.acknowledged = journal.tick();
            change.acknowledgedNanos = time.nanos();
            if (!change.put) {
                totals.invalidated();
            }
            if (change.tick() == Seen.NEVER) {
                journal.broken("acknowledged", "change " + change.id + " never took effect");
            }
        } else {
            journal.log("change " + change.id + " failed: " + error);
        }
    }

    // Lookups

    /**
     * @param engine who is asked
     * @param alone whether nothing is being looked up
     */
    Seen.Asked asked(int engine, String key, String kind, LookupRequest request, boolean alone) {
        journal.log(
                "engine "
                        + engine
                        + ": lookup "
                        + history.lookups.size()
                        + " of "
                        + key
                        + " "
                        + kind);
        var one =
                new Seen.Asked(
                        history.lookups.size(),
                        engine,
                        key,
                        kind,
                        request,
                        journal.tick(),
                        time.nanos(),
                        alone);
        history.lookups.add(one);
        return one;
    }

    void cancelled(Seen.Asked lookup) {
        journal.log("lookup " + lookup.id + " is cancelled");
        lookup.cancelled = true;
        lookup.done = true;
    }

    /**
     * @param late whether it may have had the answer for a while, and waited for others
     */
    void answered(Seen.Asked lookup, LookupResult result, boolean late) {
        lookup.done = true;
        journal.log("lookup " + lookup.id + ": " + result.way() + " " + history.describe(result));
        totals.answered(result);
        answerRules.check(lookup, result, late);
    }

    /** The checker itself has a mistake. */
    void stumbled(RuntimeException error) {
        journal.broken("checker", error + " at " + error.getStackTrace()[0]);
    }

    // The end

    /** What an engine had under way is nobody's any more. */
    void crashed(int engine) {
        disturbed("engine " + engine + " crashes");
        totals.crashed();
        history.loads.stream().filter(it -> it.engine == engine).forEach(it -> it.over = true);
        history.lookups.stream().filter(it -> it.engine == engine).forEach(it -> it.done = true);
    }

    void waiting(Cache cache) {
        if (cache.waiting() > policy.maxWaiting()) {
            journal.broken("bulkhead", cache.waiting() + " wait");
        }
    }

    /** Once nothing is left to happen. */
    void ended(List<Cache> caches) {
        journal.log("the end");
        totals.check(caches);
    }
}
