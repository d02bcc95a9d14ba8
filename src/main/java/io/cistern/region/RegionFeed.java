package io.cistern.region;

import io.cistern.cache.Caches;
import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.invalidation.event.Invalidator.Result;
import io.cistern.invalidation.event.Invalidator.Status;
import io.cistern.invalidation.feed.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other regions tell, and what becomes of it here. Whatever may have been missed, and whatever
 * can't be read, empties all caches: nothing else is safe.
 */
public final class RegionFeed {

    private static final Logger LOG = LoggerFactory.getLogger(RegionFeed.class);

    private static final String SOURCE = "region";

    /** No cache has that name: it stands for all of them, as they are when it takes effect. */
    private static final String EVERY_CACHE = "*";

    private static final InvalidationEvent MISSED =
            all(EVERY_CACHE, "the topic does not hold any more what came last");
    private static final InvalidationEvent UNREADABLE =
            all(EVERY_CACHE, "another region told something that can't be read");

    private final String region;
    private final Namesakes namesakes;
    private final Caches caches;
    private final Invalidator invalidator;
    private final RegionCounts counts;
    private final Supplier<CompletionStage<Set<String>>> kept;

    /**
     * @param region what this region is called among those that write to the topic
     * @param namesakes who else may be called the same
     * @param caches those of this instance
     * @param invalidator lets events take effect
     * @param counts what people are told
     * @param kept finds the names of all caches of which the region's store has something
     */
    public RegionFeed(
            String region,
            Namesakes namesakes,
            Caches caches,
            Invalidator invalidator,
            RegionCounts counts,
            Supplier<CompletionStage<Set<String>>> kept) {
        this.region = region;
        this.namesakes = namesakes;
        this.caches = caches;
        this.invalidator = invalidator;
        this.counts = counts;
        this.kept = kept;
    }

    private static InvalidationEvent all(String cache, String reason) {
        return new InvalidationEvent(
                null,
                cache,
                List.of(),
                List.of(),
                null,
                true,
                InvalidationEvent.Mode.EVICT,
                null,
                reason,
                Duration.ZERO,
                OptionalLong.empty());
    }

    /** Stands for whatever may have been missed. */
    public InvalidationEvent missed() {
        return MISSED;
    }

    /**
     * Reads a record.
     *
     * @param from the region that wrote it; null where it doesn't say
     * @param id tells that region from others of its name; null where it doesn't say
     * @param writtenAt when, in milliseconds by the writer's clock; null where it doesn't say
     * @param delivery gets its events; none of what this region wrote itself
     */
    void read(String from, String id, Long writtenAt, byte[] record, Delivery delivery) {
        if (region.equals(from)) {
            if (!namesakes.isOther(id)) {
                return;
            }
            namesakes.meet(id, writtenAt);
        }
        var at = writtenAt == null ? null : Instant.ofEpochMilli(writtenAt);
        List<InvalidationEvent> events;
        try {
            events = RecordCodec.decode(record, at);
        } catch (IllegalArgumentException e) {
            counts.countUnreadable();
            LOG.warn("A record of the region {} can't be read: {}", from, e.getMessage());
            events = List.of(UNREADABLE);
        }
        delivery.add(events);
    }

    /**
     * Lets events take effect, here only.
     *
     * @return ends when all took effect in the region's store, with a result for each; fails where
     *     the store can't take one of them now
     */
    public CompletionStage<List<Result>> apply(List<InvalidationEvent> events) {
        var named = new ArrayList<InvalidationEvent>();
        InvalidationEvent every = null;
        for (var event : events) {
            if (event.cache().equals(EVERY_CACHE)) {
                every = event;
            } else {
                named.add(event);
            }
        }
        return every == null ? receive(named, events) : emptyAll(every, named, events);
    }

    private CompletionStage<List<Result>> receive(
            List<InvalidationEvent> named, List<InvalidationEvent> events) {
        return invalidator
                .receive(named, SOURCE)
                .thenApply(done -> events.stream().map(RegionFeed::applied).toList());
    }

    /** Other instances of the region may have other caches open, or have had them once. */
    private CompletionStage<List<Result>> emptyAll(
            InvalidationEvent every,
            List<InvalidationEvent> named,
            List<InvalidationEvent> events) {
        return kept.get()
                .thenCompose(
                        found -> {
                            var names = new TreeSet<>(found);
                            caches.all().forEach(cache -> names.add(cache.name()));
                            names.forEach(name -> named.add(all(name, every.source())));
                            return receive(named, events)
                                    .thenApply(results -> emptied(every, names, results));
                        });
    }

    private List<Result> emptied(InvalidationEvent every, Set<String> names, List<Result> results) {
        counts.countEmptied();
        LOG.warn(
                "All caches of the region {} are emptied, since {}: {}",
                region,
                every.source(),
                names);
        return results;
    }

    private static Result applied(InvalidationEvent event) {
        return new Result(event.id(), event.cache(), Status.APPLIED);
    }
}
