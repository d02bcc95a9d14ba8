package io.cistern.cache.simulation;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Lease;
import java.time.Duration;
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
    private int generations;

    /** A lease that was given. */
    private static final class Held {
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
        var difference = marks.since(known);
        if (mutations.contains(Mutation.CHANGES_FORGET_KEYS)) {
            return new Marks.Difference(
                    difference.position(),
                    difference.floor(),
                    difference.loadFloor(),
                    difference.tags(),
                    difference.patterns(),
                    Map.of());
        }
        if (mutations.contains(Mutation.CHANGES_RUN_AHEAD)) {
            var at = difference.position();
            return new Marks.Difference(
                    new Position(at.generation(), at.version() + 2),
                    difference.floor(),
                    difference.loadFloor(),
                    difference.tags(),
                    difference.patterns(),
                    difference.keys());
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
                    if (stands && mayFill(key, entry)) {
                        stored.add(key);
                        if (!mutations.contains(Mutation.FILL_STORES_NOTHING)) {
                            entries.put(key, entry);
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
                    if (!newer && mayFill(key, entry)) {
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
        return !overtaken && marks.mayFill(key, entry.position());
    }

    /** Takes a change in, as one of any instance. */
    public Position invalidate(Change change) {
        ensureOrder();
        if (mutations.contains(Mutation.INVALIDATION_RAISES_NOTHING)) {
            return marks.position();
        }
        change.keys().forEach(entries::remove);
        change.keys().forEach(leases::remove);
        return marks.invalidate(change);
    }

    Position put(String key, Entry entry) {
        ensureOrder();
        var position = marks.invalidate(Change.key(key));
        entries.put(key, entry.at(position));
        leases.remove(key);
        return position;
    }

    long prune(BiPredicate<String, Entry> dead) {
        var before = entries.size();
        entries.entrySet().removeIf(each -> dead.test(each.getKey(), each.getValue()));
        return before - entries.size();
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
            generations++;
            var generation = Position.generation(generations, random.nextLong());
            marks = new Marks(new Position(generation, random.nextInt(3)), limit);
        }
    }
}
