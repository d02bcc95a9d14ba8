package io.cistern.cache;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Regions;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What is changed of one cache, with all that follows from it: in the store, here, in the caches
 * that are made of this one, and in other regions.
 */
final class Changes {

    /** For the statistics: the source of what follows from another cache's invalidation. */
    private static final String FOLLOWING = "dependency";

    private final String name;
    private final Invalidations invalidations;
    private final Dependents dependents;
    private final Regions regions;
    private final Statistics statistics;
    private final Sweeper sweeper;

    Changes(
            String name,
            Invalidations invalidations,
            Dependents dependents,
            Regions regions,
            Statistics statistics,
            Sweeper sweeper) {
        this.name = name;
        this.invalidations = invalidations;
        this.dependents = dependents;
        this.regions = regions;
        this.statistics = statistics;
        this.sweeper = sweeper;
    }

    CompletionStage<Void> put(String key, Validity validity, Entry entry) {
        return invalidations.put(key, validity, entry).thenCompose(done -> spread(Change.key(key)));
    }

    CompletionStage<Void> invalidate(Change change, String source, Collection<String> kinds) {
        return take(change, source, kinds).thenCompose(done -> spread(change));
    }

    /** What took effect here goes on to dependents and to other regions, which have their own. */
    private CompletionStage<Void> spread(Change change) {
        return dependents
                .follow(name, change)
                .thenCombine(regions.tell(name, change), (followed, told) -> null);
    }

    CompletionStage<Void> receive(Change change, String source, Collection<String> kinds) {
        return take(change, source, kinds).thenCompose(done -> dependents.follow(name, change));
    }

    CompletionStage<Void> follow(Change change) {
        return take(change, FOLLOWING, List.of(change.kind()));
    }

    private CompletionStage<Void> take(Change change, String source, Collection<String> kinds) {
        return invalidations
                .invalidate(change)
                .thenAccept(
                        done -> {
                            kinds.forEach(kind -> statistics.invalidated(kind, source));
                            if (change.isEviction()
                                    && (change.all() || !change.patterns().isEmpty())) {
                                sweeper.sweep();
                            }
                        });
    }

    /** Takes in what another instance tells. */
    void hear(Backplane.News.Changed news) {
        invalidations.hear(news);
    }
}
