package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/**
 * What is near of one cache, to be taken along into another life of the instance. It is told with
 * the positions up to which it was known to live; nothing of it is served again before the store
 * has told all that was invalidated since.
 */
public final class NearMemory {

    private final Replicas replicas;
    private final NearTier near;
    private final CachePolicy policy;

    NearMemory(Replicas replicas, NearTier near, CachePolicy policy) {
        this.replicas = replicas;
        this.near = near;
        this.policy = policy;
    }

    /** Whether anything of it can be taken along: not where conditions decide what applies. */
    public boolean isKept() {
        return policy.environment().isEmpty() && policy.near() > 0;
    }

    /** Where the order of each partition is known to be. To be asked before {@link #forEach}. */
    public List<Position> positions() {
        return replicas.all().stream().map(replica -> replica.marks().position()).toList();
    }

    /** Shows what lives, by names that mean something to {@link #restore} alone. */
    public void forEach(BiConsumer<String, Entry> visitor) {
        near.forEach(visitor);
    }

    /**
     * Takes in what was near in another life.
     *
     * @param then the positions that were told before it was shown
     * @param entries by the names under which they were shown
     * @return how many of them live, and were made by the definition that the cache has now; fails
     *     where the store can't be asked: nothing has been taken in then
     */
    public CompletionStage<Integer> restore(List<Position> then, Map<String, Entry> entries) {
        if (!isKept() || then.size() != replicas.all().size()) {
            return CompletableFuture.completedFuture(0);
        }
        var epoch = near.epoch();
        var reached =
                replicas.all().stream()
                        .map(replica -> replica.reach(Position.UNKNOWN).toCompletableFuture())
                        .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(reached).thenApply(known -> take(then, entries, epoch));
    }

    private int take(List<Position> then, Map<String, Entry> entries, long epoch) {
        var count = 0;
        for (var each : entries.entrySet()) {
            var replica = replicas.of(Validity.keyOf(each.getKey()));
            var knownAt = then.get(replica.partition().index());
            var entry = each.getValue();
            if (knownAt.generation() == replica.marks().position().generation()
                    && isOfDefinition(entry)
                    && near.restore(each.getKey(), entry, knownAt.version(), epoch)) {
                count++;
            }
        }
        return count;
    }

    /** Of a fingerprint of its own, the name under which it is near tells the rest. */
    private boolean isOfDefinition(Entry entry) {
        return policy.fingerprint().isPresent()
                ? entry.fingerprint().startsWith(policy.definition())
                : entry.fingerprint().equals(policy.definition());
    }
}
