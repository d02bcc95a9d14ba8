package io.cistern.region;

import io.cistern.cache.order.Change;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Utils;

/**
 * Parts of a change that fit into one record each. A key always goes to the partition that its
 * cache and name stand for, so that what is told of it arrives in the order in which it was told;
 * tags, patterns and whole caches, which reach keys of all partitions, go by their cache's name.
 */
final class Pieces {

    /** A name takes up to six characters for each of its own, and a broker a megabyte. */
    private static final int MOST_CHARACTERS = 100_000;

    private static final int MOST_NAMES = 1_000;

    private Pieces() {}

    /**
     * One part.
     *
     * @param partition where it is written
     * @param key of the record; people see by it what a record is about
     * @param told what it says
     */
    record Piece(int partition, byte[] key, Told told) {}

    /**
     * @param partitions how many the topic has
     */
    static List<Piece> of(Told told, int partitions) {
        var change = told.change();
        var cache = bytes(told.cache());
        if (change.all()) {
            var all = new Change(change.mode(), Set.of(), Set.of(), Set.of(), true);
            return List.of(piece(cache, told.cache(), all, partitions));
        }
        var pieces = new ArrayList<Piece>();
        for (var tags : slices(change.tags())) {
            var some = new Change(change.mode(), Set.of(), tags, Set.of(), false);
            pieces.add(piece(cache, told.cache(), some, partitions));
        }
        for (var patterns : slices(change.patterns())) {
            var some = new Change(change.mode(), Set.of(), Set.of(), patterns, false);
            pieces.add(piece(cache, told.cache(), some, partitions));
        }
        Map<Integer, Set<String>> keys = new TreeMap<>();
        for (var key : change.keys()) {
            var partition = partition(bytes(told.cache() + "/" + key), partitions);
            keys.computeIfAbsent(partition, any -> new HashSet<>()).add(key);
        }
        keys.forEach((partition, of) -> add(told, partition, of, pieces));
        return pieces;
    }

    private static void add(Told told, int partition, Set<String> keys, List<Piece> pieces) {
        var change = told.change();
        for (var slice : slices(keys)) {
            var name = slice.size() == 1 ? "/" + slice.iterator().next() : "";
            var versions = new HashMap<>(change.versions());
            versions.keySet().retainAll(slice);
            var some = new Change(change.mode(), slice, versions, Set.of(), Set.of(), false);
            pieces.add(
                    new Piece(partition, bytes(told.cache() + name), new Told(told.cache(), some)));
        }
    }

    private static Piece piece(byte[] key, String cache, Change change, int partitions) {
        return new Piece(partition(key, partitions), key, new Told(cache, change));
    }

    private static int partition(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    private static List<Set<String>> slices(Collection<String> names) {
        var slices = new ArrayList<Set<String>>();
        Set<String> slice = new HashSet<>();
        var characters = 0;
        for (var name : names) {
            if (!slice.isEmpty()
                    && (slice.size() == MOST_NAMES
                            || characters + name.length() > MOST_CHARACTERS)) {
                slices.add(slice);
                slice = new HashSet<>();
                characters = 0;
            }
            slice.add(name);
            characters += name.length();
        }
        if (!slice.isEmpty()) {
            slices.add(slice);
        }
        return slices;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
