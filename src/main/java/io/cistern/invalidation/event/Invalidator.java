package io.cistern.invalidation.event;

import io.cistern.cache.Caches;
import io.cistern.cache.order.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets events take effect: in the shared store, in what is near, and in the caches that depend on
 * those. Nothing here blocks; safe for use by many threads.
 *
 * <p>Events may be applied again, and in any order: what several of them do to one key does not
 * depend on their order, so that nobody has to wait for one call before the next. Who must bound
 * what is under way waits for the stages.
 */
public final class Invalidator {

    private final Caches caches;

    public Invalidator(Caches caches) {
        this.caches = caches;
    }

    /** What became of an event. */
    public enum Status {
        /** It took effect. */
        APPLIED,
        /** Its cache is gone since it was read: nothing was done for it. */
        UNKNOWN_CACHE
    }

    /**
     * What became of an event.
     *
     * @param id its own, or null
     * @param cache its cache
     * @param status what became of it
     */
    public record Result(String id, String cache, Status status) {}

    /**
     * Applies events: those of one cache together, so that a name that several of them bear costs
     * once, and many keys go with one call of the store.
     *
     * @param events any number; names of many keys are taken in steps
     * @param source by which way they came, for metrics: a word of a small set, such as {@code
     *     kafka}
     * @return ends when all took effect in the shared store, here, and in all caches that depend on
     *     theirs, with a result for each event in their order; fails with {@link
     *     io.cistern.cache.spi.StoreUnavailableException} where the store can't take one of them
     *     now: then some may have taken effect, and repeating all is harmless. What mode refresh
     *     loads and what {@link InvalidationEvent#delay} does later is not waited for
     */
    public CompletionStage<List<Result>> apply(List<InvalidationEvent> events, String source) {
        List<CompletableFuture<Void>> work = new ArrayList<>();
        List<Result> results = new ArrayList<>();
        for (var event : events) {
            var cache = caches.get(event.cache());
            results.add(
                    new Result(
                            event.id(),
                            event.cache(),
                            cache == null ? Status.UNKNOWN_CACHE : Status.APPLIED));
            if (cache != null) {
                work.add(cache.invalidate(change(event), source).toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(work.toArray(CompletableFuture[]::new))
                .thenApply(done -> List.copyOf(results));
    }

    private static Change change(InvalidationEvent event) {
        var change =
                new Change(
                        Set.copyOf(event.keys()),
                        Set.copyOf(event.tags()),
                        event.pattern() == null ? Set.of() : Set.of(event.pattern()),
                        event.all());
        return event.mode() == InvalidationEvent.Mode.EVICT ? change : change.expiring();
    }
}
