package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Changes of one cache: in the store, in what is near, and those that other instances tell of. */
final class Invalidations {

    private final Replicas replicas;
    private final Store store;
    private final NearTier near;
    private final Backplane backplane;

    Invalidations(Replicas replicas, Store store, NearTier near, Backplane backplane) {
        this.replicas = replicas;
        this.store = store;
        this.near = near;
        this.backplane = backplane;
    }

    /**
     * Puts a value for some asker in the place of whatever is there. Fails if the store can't take
     * it now.
     */
    CompletionStage<Void> put(String key, Validity validity, Entry entry) {
        var replica = replicas.of(key);
        var before = near.epoch();
        return changing(
                replica,
                Change.key(key),
                () -> store.put(replica.partition(), key, entry),
                position -> near.keepStored(key, validity, entry.at(position), before));
    }

    /** Takes a change in everywhere. Fails if the store can't take it now. */
    CompletionStage<Void> invalidate(Change change) {
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        for (var replica : replicas.all()) {
            var part = replicas.partOf(change, replica);
            if (part != null) {
                parts.add(
                        changing(
                                        replica,
                                        part,
                                        () -> store.invalidate(replica.partition(), part),
                                        position -> {})
                                .toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    /** This instance takes its own change in before anybody is told that it took effect. */
    private CompletionStage<Void> changing(
            Replica replica,
            Change change,
            Supplier<CompletionStage<Position>> inStore,
            Consumer<Position> then) {
        if (!store.isAvailable()) {
            return CompletableFuture.failedFuture(Tiers.away());
        }
        return Stages.attempt(inStore)
                .thenCompose(
                        position -> {
                            backplane.send(
                                    new Backplane.News.Changed(
                                            replica.partition(), change, position));
                            return replica.changed(change, position)
                                    .thenAccept(
                                            known -> {
                                                forget(change);
                                                then.accept(position);
                                            });
                        })
                .whenComplete(
                        (done, error) -> {
                            if (error != null && change.isEviction()) {
                                // It may have taken effect all the same: what is near can't be
                                // told.
                                near.drop(change);
                            }
                        });
    }

    /**
     * What carries a tag or matches a pattern is dead by its mark, and goes when it is looked at;
     * what is stale by one may still be needed.
     */
    private void forget(Change change) {
        if (change.isEviction()) {
            change.keys().forEach(near::remove);
        }
    }

    /**
     * What another instance invalidated is gone from here as well. News are only a reason to ask
     * the store: whatever they say, it can't make anything live longer.
     */
    void hear(Backplane.News.Changed news) {
        var index = news.partition().index();
        if (index >= 0 && index < replicas.all().size() && store.isAvailable()) {
            forget(news.change());
            replicas.all().get(index).reach(news.at()).exceptionally(error -> null);
        }
    }
}
