package io.cistern.invalidation.feed.kafka;

import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.event.Invalidator.Result;
import io.cistern.invalidation.feed.EffectQueue;
import io.cistern.invalidation.feed.Feed;
import io.cistern.invalidation.feed.Feeds;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What becomes of what the consumers of an endpoint take.
 *
 * @param queue makes the queue of a feed, in which events take effect
 * @param missed takes effect where a group has no position in a partition, or one that is not there
 *     any more, before it goes on at the end; empty where that is left to the endpoint's option
 * @param group tells the consumers' group, nothing as long as it isn't known; empty where that is
 *     left to the endpoint's option
 */
public record Handling(
        Function<Feed, EffectQueue> queue,
        Optional<InvalidationEvent> missed,
        Optional<Supplier<Optional<String>>> group) {

    /** That of all feeds: events are invalidations. */
    static Handling ofEvents(Feeds feeds) {
        return new Handling(feeds::queue, Optional.empty(), Optional.empty());
    }

    /**
     * That of a topic of which nothing may be missed without a word.
     *
     * @param feeds of the instance
     * @param effect lets events take effect
     * @param missed stands for whatever may have been missed
     * @param group tells the consumers' group; nothing is read before it is known
     */
    public static Handling ofAll(
            Feeds feeds,
            Function<List<InvalidationEvent>, CompletionStage<List<Result>>> effect,
            InvalidationEvent missed,
            Supplier<Optional<String>> group) {
        return new Handling(
                feed -> feeds.queue(feed, effect), Optional.of(missed), Optional.of(group));
    }
}
