package io.cistern.operations;

import io.cistern.invalidation.feed.Feed;
import io.cistern.invalidation.feed.Feeds;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** The meters of feeds. */
public final class FeedMetrics {

    private static final String LABEL = "feed";
    private static final String PREFIX = "cistern.feed.";

    private FeedMetrics() {}

    /**
     * Registers {@code cistern.feed.…} of each feed, those to come included, while its route is
     * there.
     */
    public static void bind(MeterRegistry meters, Feeds feeds) {
        feeds.onFeed(feed -> bind(meters, feed), feed -> unbind(meters, feed));
    }

    private static void unbind(MeterRegistry meters, Feed feed) {
        meters.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith(PREFIX))
                .filter(id -> feed.name().equals(id.getTag(LABEL)))
                .forEach(meters::remove);
    }

    private static void bind(MeterRegistry meters, Feed feed) {
        FunctionCounter.builder("cistern.feed.received", feed, Feed::received)
                .description("Messages that were taken; those that are taken again count again")
                .tag(LABEL, feed.name())
                .register(meters);
        FunctionCounter.builder("cistern.feed.applied", feed, Feed::applied)
                .description("Events that took effect")
                .tag(LABEL, feed.name())
                .register(meters);
        FunctionCounter.builder("cistern.feed.dead.lettered", feed, Feed::deadLettered)
                .description("Messages that were written to the dead letters")
                .tag(LABEL, feed.name())
                .register(meters);
        Gauge.builder("cistern.feed.lag", feed, each -> each.lag().orElse(0))
                .description("Messages that wait at the broker, as far as it tells")
                .tag(LABEL, feed.name())
                .register(meters);
        Gauge.builder("cistern.feed.paused", feed, each -> each.pause() == null ? 0 : 1)
                .description("1 while it takes nothing")
                .tag(LABEL, feed.name())
                .register(meters);
        var effect =
                Timer.builder("cistern.feed.effect")
                        .description("From when an event occurred, as it says, to its effect")
                        .tag(LABEL, feed.name())
                        .publishPercentileHistogram()
                        .register(meters);
        feed.onEffect(effect::record);
    }
}
