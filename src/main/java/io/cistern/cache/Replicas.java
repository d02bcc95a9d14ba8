package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/** What is known of the order of a cache's partitions, and the judgement by it of what lives. */
final class Replicas {

    private final List<Replica> replicas;

    Replicas(String cache, Store store) {
        this.replicas =
                IntStream.range(0, store.partitions())
                        .mapToObj(i -> new Replica(store, new Partition(cache, i)))
                        .toList();
    }

    List<Replica> all() {
        return replicas;
    }

    /** That of the key's partition. */
    Replica of(String key) {
        return replicas.get(
                replicas.size() == 1 ? 0 : Math.floorMod(key.hashCode(), replicas.size()));
    }

    /**
     * Whether an entry is too old at the store's time, or was invalidated; and all others beside it
     * are as well.
     */
    boolean isDead(Replica replica, String key, Entry entry, long now) {
        return Validity.variants(entry).stream()
                .allMatch(variant -> isVariantDead(replica, key, variant, now));
    }

    private static boolean isVariantDead(Replica replica, String key, Entry entry, long now) {
        // An entry newer than what is known here is none of ours to judge.
        var known = replica.marks().position();
        var at = entry.position();
        var ahead =
                at.generation() == known.generation()
                        ? at.version() > known.version()
                        : Position.numberOf(at.generation())
                                > Position.numberOf(known.generation());
        return entry.isDeadAt(now)
                || !ahead && !replica.marks().isLive(key, at, entry.tags(), known.version());
    }

    /** What of a change concerns one partition; null if nothing. */
    Change partOf(Change change, Replica replica) {
        if (replicas.size() == 1 || change.keys().isEmpty()) {
            return change;
        }
        var keys = new HashSet<>(change.keys());
        keys.removeIf(key -> of(key) != replica);
        var nothing =
                keys.isEmpty()
                        && change.tags().isEmpty()
                        && change.patterns().isEmpty()
                        && !change.all();
        return nothing ? null : change.ofKeys(keys);
    }
}
