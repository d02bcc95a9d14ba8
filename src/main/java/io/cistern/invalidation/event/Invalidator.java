package io.cistern.invalidation.event;

import io.cistern.cache.Caches;
import io.cistern.cache.order.Change;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * Lets events take effect: in the shared store, in what is near, and in the caches that depend on
 * those. Nothing here blocks; safe for use by many threads.
 *
 * <p>Events may be applied again, and in any order: what several of them do to one key does not
 * depend on their order, so that nobody has to wait for one call before the next. Who must bound
 * what is under way waits for the stages.
 */
public final class Invalidator implements AutoCloseable {

    /** How many names wait at most for their delay to pass; a few hundred bytes each. */
    public static final int MOST_DELAYED = 250_000;

    /** How many keys of a cache wait at most to be loaded again. */
    private static final int MOST_REFRESHED = 100_000;

    private final Caches caches;
    private final InstantSource time;
    private final BiConsumer<String, Duration> observer;
    private final Delays delays;
    private final Refreshes refreshes;

    /**
     * @param caches whose entries events name
     * @param timers for what events want later
     * @param time the wall clock, for what is measured
     * @param observer is told of each event that took effect: by which way it came, and how long
     *     after it occurred, where it says so. Quick, and never throws
     */
    public Invalidator(
            Caches caches,
            Timers timers,
            InstantSource time,
            BiConsumer<String, Duration> observer) {
        this.caches = caches;
        this.time = time;
        this.observer = observer;
        this.delays = new Delays(timers, System::nanoTime, MOST_DELAYED, this::applyNow);
        this.refreshes = new Refreshes(caches, MOST_REFRESHED);
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
     *     StoreUnavailableException} where the store can't take one of them now, or too much waits
     *     for its delay: then some may have taken effect, and repeating all is harmless. What mode
     *     refresh loads and what {@link InvalidationEvent#delay} does later is not waited for
     */
    public CompletionStage<List<Result>> apply(List<InvalidationEvent> events, String source) {
        var delayed = events.stream().filter(event -> !event.delay().isZero()).toList();
        var reserved = delayed.isEmpty() ? 0 : delays.reserve(delayed);
        if (reserved < 0) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailableException("too many delayed invalidations wait"));
        }
        return applyNow(events, source)
                .whenComplete(
                        (results, error) -> {
                            if (error == null) {
                                delays.add(delayed, source, reserved);
                                measure(events, source);
                            } else {
                                delays.giveUp(reserved);
                            }
                        });
    }

    /**
     * Lets events take effect that another region tells of: without a delay or a load for any of
     * them, and no region is told again.
     *
     * @param events any number
     * @param source as above
     * @return as above; a cache that is not open here takes its events as well
     */
    public CompletionStage<List<Result>> receive(List<InvalidationEvent> events, String source) {
        Map<String, Work> works = new LinkedHashMap<>();
        for (var event : events) {
            works.computeIfAbsent(event.cache(), Work::new).add(event);
        }
        var parts =
                works.values().stream()
                        .map(work -> work.receive(source).toCompletableFuture())
                        .toArray(CompletableFuture[]::new);
        var results =
                events.stream()
                        .map(event -> new Result(event.id(), event.cache(), Status.APPLIED))
                        .toList();
        return CompletableFuture.allOf(parts)
                .thenApply(
                        done -> {
                            measure(events, source);
                            return results;
                        });
    }

    private CompletionStage<List<Result>> applyNow(List<InvalidationEvent> events, String source) {
        Map<String, Work> works = new LinkedHashMap<>();
        List<Result> results = new ArrayList<>(events.size());
        for (var event : events) {
            var isThere = caches.get(event.cache()) != null;
            results.add(
                    new Result(
                            event.id(),
                            event.cache(),
                            isThere ? Status.APPLIED : Status.UNKNOWN_CACHE));
            if (isThere) {
                works.computeIfAbsent(event.cache(), Work::new).add(event);
            }
        }
        var parts =
                works.values().stream()
                        .map(work -> work.apply(source).toCompletableFuture())
                        .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(parts).thenApply(done -> results);
    }

    private void measure(List<InvalidationEvent> events, String source) {
        var now = time.instant();
        for (var event : events) {
            if (event.occurredAt() != null) {
                var took = Duration.between(event.occurredAt(), now);
                // Clocks differ.
                observer.accept(source, took.isNegative() ? Duration.ZERO : took);
            }
        }
    }

    /** How many names wait for their delay to pass. */
    public int delayedNames() {
        return delays.names();
    }

    /** Applies what waits for its delay, rather than never. */
    @Override
    public void close() {
        delays.close();
    }

    /** What is to be done in one cache. */
    private final class Work {
        private final String cache;
        private final Union evicted = new Union();
        private final Union expired = new Union();
        private final Map<String, String> refreshed = new LinkedHashMap<>();

        Work(String cache) {
            this.cache = cache;
        }

        void add(InvalidationEvent event) {
            if (event.mode() == InvalidationEvent.Mode.EVICT) {
                evicted.add(event);
                return;
            }
            expired.add(event);
            if (event.mode() == InvalidationEvent.Mode.REFRESH) {
                event.keys().forEach(key -> refreshed.put(key, event.trace()));
            }
        }

        CompletionStage<Void> apply(String source) {
            var target = caches.get(cache);
            if (target == null) {
                // It went this very moment, with all that was in it.
                return CompletableFuture.completedFuture(null);
            }
            return each((change, kinds) -> target.invalidate(change, source, kinds))
                    .thenAccept(
                            all -> {
                                if (!refreshed.isEmpty()) {
                                    refreshes.add(cache, refreshed);
                                }
                            });
        }

        CompletionStage<Void> receive(String source) {
            return each((change, kinds) -> caches.receive(cache, change, source, kinds));
        }

        private CompletionStage<Void> each(
                BiFunction<Change, List<String>, CompletionStage<Void>> effect) {
            CompletionStage<Void> done = CompletableFuture.completedFuture(null);
            if (!evicted.kinds().isEmpty()) {
                done = effect.apply(evicted.evicting(), evicted.kinds());
            }
            if (!expired.kinds().isEmpty()) {
                var expiry = effect.apply(expired.evicting().expiring(), expired.kinds());
                done = done.thenCombine(expiry, (first, second) -> null);
            }
            return done;
        }
    }
}
