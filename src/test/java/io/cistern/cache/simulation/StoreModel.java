package io.cistern.cache.simulation;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
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

    private final Random random;
    private final int limit;
    private final Set<Mutation> mutations;
    private final Map<String, Entry> entries = new TreeMap<>();
    private Marks marks;
    private int generations;

    StoreModel(Random random, int limit, Set<Mutation> mutations) {
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

    Set<String> fill(Map<String, Entry> wanted) {
        Set<String> stored = new HashSet<>();
        wanted.forEach(
                (key, entry) -> {
                    if (mayFill(key, entry)) {
                        stored.add(key);
                        if (!mutations.contains(Mutation.FILL_STORES_NOTHING)) {
                            entries.put(key, entry);
                        }
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
        return marks.invalidate(change);
    }

    Position put(String key, Entry entry) {
        ensureOrder();
        var position = marks.invalidate(Change.key(key));
        entries.put(key, entry.at(position));
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

    /** A key makes way for others. */
    public void evict(String key) {
        entries.remove(key);
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
