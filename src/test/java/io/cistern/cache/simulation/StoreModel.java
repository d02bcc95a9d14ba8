package io.cistern.cache.simulation;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Beginnings;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.MarkSet;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** What a partition of a store does, at once and without fail. */
public final class StoreModel {

    private final VirtualTime time;
    private final Random random;
    private final int limit;
    private final Set<Mutation> mutations;
    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<String, Held> leases = new TreeMap<>();
    private Marks marks;
    private Intervals intervals;
    private int generations;

    /** A state to which a partition can be set back. */
    record Snapshot(
            Map<String, Entry> entries,
            Map<String, Held> leases,
            Marks.Difference marks,
            Intervals intervals,
            int generations) {}

    /** A lease that was given. */
    static final class Held {
        final String owner;
        final Position at;
        final long until;
        boolean awaited;

        Held(String owner, Position at, long until, boolean awaited) {
            this.owner = owner;
            this.at = at;
            this.until = until;
            this.awaited = awaited;
        }
    }

    StoreModel(VirtualTime time, Random random, int limit, Set<Mutation> mutations) {
        this.time = time;
        this.random = random;
        this.limit = limit;
        this.mutations = mutations;
    }

    /** What is stored, dead or alive. */
    public Map<String, Entry> entries() {
        return entries;
    }

    /** Where the order of invalidations is, {@link Position#UNKNOWN} if it is lost. */
    public Position position() {
        return marks == null ? Position.UNKNOWN : marks.position();
    }

    Map<String, Entry> read(List<String> keys) {
        Map<String, Entry> found = new HashMap<>();
        for (var key : keys) {
            var entry = entries.get(key);
            if (entry != null) {
                found.put(key, entry);
            }
        }
        return found;
    }

    Marks.Difference changes(Position known) {
        ensureOrder();
        var isOfThisHistory = intervals.belongs(known.version());
        var difference = marks.since(isOfThisHistory ? known : Position.UNKNOWN);
        if (mutations.contains(Mutation.CHANGES_FORGET_KEYS)) {
            return new Marks.Difference(
                    difference.position(),
                    difference.floor(),
                    difference.loadFloor(),
                    difference.expireFloor(),
                    new MarkSet.Named(
                            difference.evicted().tags(), difference.evicted().patterns(), Map.of()),
                    difference.expired());
        }
        if (mutations.contains(Mutation.CHANGES_FORGET_EXPIRIES)) {
            return new Marks.Difference(
                    difference.position(),
                    difference.floor(),
                    difference.loadFloor(),
                    0,
                    difference.evicted(),
                    MarkSet.Named.NONE);
        }
        if (mutations.contains(Mutation.CHANGES_RUN_AHEAD)) {
            var at = difference.position();
            return new Marks.Difference(
                    new Position(at.generation(), at.version() + 2),
                    difference.floor(),
                    difference.loadFloor(),
                    difference.expireFloor(),
                    difference.evicted(),
                    difference.expired());
        }
        return difference;
    }

    Lease.Reply lease(List<Lease.Wanted> wanted, String owner, Duration lifetime) {
        ensureOrder();
        Map<String, Lease> replies = new HashMap<>();
        wanted.forEach(one -> replies.put(one.key(), lease(one, owner, lifetime)));
        return new Lease.Reply(marks.position(), replies);
    }

    private Lease lease(Lease.Wanted wanted, String owner, Duration lifetime) {
        var entry = entries.get(wanted.key());
        var there = entry == null ? Position.UNKNOWN : entry.position();
        if (wanted.seen() != null && !wanted.seen().equals(there)) {
            return Lease.Changed.INSTANCE;
        }
        var held = held(wanted.key());
        var free =
                held == null
                        || held.owner.equals(wanted.instead())
                        || mutations.contains(Mutation.LEASES_FOR_ALL);
        if (free) {
            leases.put(
                    wanted.key(),
                    new Held(
                            owner,
                            marks.position(),
                            time.nanos() + lifetime.toNanos(),
                            held != null && held.awaited));
            return Lease.Granted.INSTANCE;
        }
        held.awaited = true;
        return new Lease.Held(held.owner, held.at, Duration.ofNanos(held.until - time.nanos()));
    }

    private Held held(String key) {
        var held = leases.get(key);
        if (held != null && held.until <= time.nanos()) {
            leases.remove(key);
            return null;
        }
        return held;
    }

    Set<String> renew(Set<String> keys, String owner, Duration lifetime) {
        Set<String> standing = new HashSet<>();
        for (var key : keys) {
            var held = held(key);
            if (held != null && held.owner.equals(owner)) {
                standing.add(key);
                if (!mutations.contains(Mutation.LEASES_ARE_NOT_RENEWED)) {
                    var until = time.nanos() + lifetime.toNanos();
                    leases.put(key, new Held(owner, held.at, until, held.awaited));
                }
            }
        }
        return standing;
    }

    Set<String> release(Set<String> keys, String owner) {
        Set<String> awaited = new HashSet<>();
        keys.forEach(key -> giveBack(key, owner, awaited));
        return awaited;
    }

    private boolean giveBack(String key, String owner, Set<String> awaited) {
        var held = held(key);
        if (held == null || !held.owner.equals(owner)) {
            return false;
        }
        leases.remove(key);
        if (held.awaited) {
            awaited.add(key);
        }
        return true;
    }

    Lease.Filled fill(Map<String, Entry> wanted, String owner) {
        Set<String> stored = new HashSet<>();
        Set<String> awaited = new HashSet<>();
        wanted.forEach(
                (key, entry) -> {
                    var stands = owner == null || giveBack(key, owner, awaited);
                    if (stands && !entry.isDeadAt(time.millis()) && mayFill(key, entry)) {
                        stored.add(key);
                        if (!mutations.contains(Mutation.FILL_STORES_NOTHING)) {
                            var forgets = mutations.contains(Mutation.FILL_FORGETS_VARIANTS);
                            entries.put(key, forgets ? entry.alone() : entry);
                        }
                    }
                });
        return new Lease.Filled(stored, awaited);
    }

    Set<String> warm(Map<String, Entry> wanted, long readSince) {
        Set<String> stored = new HashSet<>();
        wanted.forEach(
                (key, entry) -> {
                    var there = entries.get(key);
                    var newer =
                            there != null
                                    && !mutations.contains(Mutation.WARMING_REPLACES_NEWER)
                                    && there.position().equals(entry.position())
                                    && there.created() >= readSince;
                    if (!newer && !entry.isDeadAt(time.millis()) && mayFill(key, entry)) {
                        stored.add(key);
                        entries.put(key, entry);
                    }
                });
        return stored;
    }

    private boolean mayFill(String key, Entry entry) {
        if (marks == null) {
            return false;
        }
        if (mutations.contains(Mutation.FILL_IGNORES_FENCE)) {
            return true;
        }
        var there = entries.get(key);
        var overtaken =
                there != null
                        && there.position().generation() == entry.position().generation()
                        && there.position().version() > entry.position().version();
        return !overtaken
                && marks.mayFill(key, entry.position())
                && intervals.belongs(entry.position().version());
    }

    /** Takes a change in, as one of any instance. */
    public Position invalidate(Change change) {
        ensureOrder();
        if (mutations.contains(Mutation.INVALIDATION_RAISES_NOTHING)) {
            return marks.position();
        }
        var staying = staying(change);
        if (change.isEviction()) {
            change.keys().forEach(entries::remove);
        }
        change.keys().forEach(leases::remove);
        var position = marks.invalidate(change);
        staying.forEach((key, entry) -> entries.put(key, entry.at(position)));
        return position;
    }

    /** What carries a higher version of the origin than the change says, and lives. */
    private Map<String, Entry> staying(Change change) {
        Map<String, Entry> staying = new HashMap<>();
        change.versions()
                .forEach(
                        (key, version) -> {
                            var entry = entries.get(key);
                            if (entry != null
                                    && (entry.originVersion() > version
                                            || mutations.contains(
                                                    Mutation.VERSIONS_ARE_NOT_COMPARED))
                                    && marks.isUntouched(key, entry.position(), entry.tags())
                                    && !change.reaches(key, entry.tags())) {
                                staying.put(key, entry);
                            }
                        });
        return staying;
    }

    Position put(String key, Entry entry) {
        ensureOrder();
        var position = marks.invalidate(Change.key(key));
        if (entry.isDeadAt(time.millis())) {
            entries.remove(key);
        } else {
            entries.put(key, entry.at(position));
        }
        leases.remove(key);
        return position;
    }

    long prune(BiPredicate<String, Entry> dead) {
        var before = entries.size();
        entries.entrySet().removeIf(each -> dead.test(each.getKey(), each.getValue()));
        return before - entries.size();
    }

    /** What an instance says first on every connection: as hello.lua. */
    Hello.Answer hello(Position seen, Beginnings beginnings, Hello unless) {
        if (marks != null && isContinued(seen)) {
            jump(0);
            return answer(null);
        }
        var shared =
                marks != null && seen.generation() == marks.position().generation()
                        ? intervals.shared(seen.version(), beginnings, marks.position().version())
                        : null;
        if (shared != null && unless instanceof Hello.Ask) {
            return answer(shared);
        }
        if (shared != null && unless instanceof Hello.Replay replay && shared >= replay.shared()) {
            jump(mutations.contains(Mutation.REPLAY_STAYS_BELOW) ? 0 : seen.version());
            replay(replay);
        } else {
            generations = Math.max(generations, (int) Position.numberOf(seen.generation()));
            begin(seen.version());
        }
        return answer(null);
    }

    private Hello.Answer answer(Long shared) {
        return new Hello.Answer(marks.position(), intervals.beginning(), shared);
    }

    /** Where the present interval of versions begins. */
    long beginning() {
        return intervals.beginning();
    }

    /** Another interval of versions begins, later than that version as well. */
    private void jump(long than) {
        if (mutations.contains(Mutation.HELLO_WITHOUT_STRIDE)) {
            return;
        }
        var now = marks.position();
        var from = Math.max(now.version(), than);
        var next = new Position(now.generation(), from + stride());
        intervals = intervals.next(now.version(), next.version());
        var difference = marks.since(now);
        marks.apply(
                new Marks.Difference(
                        next,
                        difference.floor(),
                        difference.loadFloor(),
                        difference.expireFloor(),
                        MarkSet.Named.NONE,
                        MarkSet.Named.NONE));
    }

    /** Far at times and near at others, so that of two histories either may be ahead. */
    private int stride() {
        return 1_000 + random.nextInt(random.nextBoolean() ? 100_000 : 100_000_000);
    }

    private void replay(Hello.Replay replay) {
        if (mutations.contains(Mutation.REPLAY_SAYS_NOTHING)) {
            return;
        }
        var lacking = replay.lacking();
        // Where a mark made way, its floor stands for it.
        var isMore = !mutations.contains(Mutation.REPLAY_FORGETS_WHAT_MADE_WAY);
        var all = lacking.floor() > replay.shared() || lacking.loadFloor() > replay.shared();
        var allExpired = lacking.expireFloor() > replay.shared();
        again(Change.Mode.EVICT, lacking.evicted(), isMore && all);
        again(Change.Mode.EXPIRE, lacking.expired(), isMore && allExpired);
    }

    /** One name after the other in their order, which sets have none of. */
    private void again(Change.Mode mode, MarkSet.Named named, boolean all) {
        List<Change> changes = new ArrayList<>();
        if (all) {
            changes.add(Change.everything());
        }
        named.tags().keySet().stream().sorted().map(Change::tag).forEach(changes::add);
        named.patterns().keySet().stream().sorted().map(Change::pattern).forEach(changes::add);
        named.keys().keySet().stream().sorted().map(Change::key).forEach(changes::add);
        for (var change : changes) {
            invalidate(mode == Change.Mode.EVICT ? change : change.expiring());
        }
    }

    private boolean isContinued(Position seen) {
        if (mutations.contains(Mutation.HELLO_FORGETS_WHAT_WAS_SEEN)) {
            return true;
        }
        var now = marks.position();
        return seen.generation() == now.generation()
                ? seen.version() <= now.version() && intervals.belongs(seen.version())
                : Position.numberOf(now.generation()) > Position.numberOf(seen.generation())
                        || mutations.contains(Mutation.OLD_GENERATION_IS_TAKEN);
    }

    Snapshot snapshot() {
        return new Snapshot(
                new TreeMap<>(entries),
                new TreeMap<>(leases),
                marks == null ? null : marks.since(Position.UNKNOWN),
                intervals,
                generations);
    }

    /** Becomes what it was, as a server that lacks all that came later. */
    void restore(Snapshot snapshot) {
        entries.putAll(snapshot.entries);
        leases.putAll(snapshot.leases);
        intervals = snapshot.intervals;
        generations = snapshot.generations;
        if (snapshot.marks != null) {
            marks = new Marks(new Position(snapshot.marks.position().generation(), 0), limit);
            marks.apply(snapshot.marks);
        }
    }

    /** The order is lost; entries stay. */
    public void loseOrder() {
        marks = null;
    }

    /** The marks are lost, and repaired as the real store does it. */
    public void loseMarks() {
        if (marks != null) {
            marks = new Marks(marks.position(), limit);
        }
    }

    /**
     * A key makes way for others.
     *
     * @return whether its lease did so, too
     */
    public boolean evict(String key) {
        entries.remove(key);
        return random.nextInt(4) == 0 && leases.remove(key) != null;
    }

    /** How many generations there were so far. */
    public int generations() {
        return generations;
    }

    private void ensureOrder() {
        if (marks == null) {
            begin(random.nextInt(3));
        }
    }

    private void begin(long version) {
        generations++;
        var generation = Position.generation(generations, random.nextLong());
        marks = new Marks(new Position(generation, version), limit);
        intervals = Intervals.from(version);
    }
}
