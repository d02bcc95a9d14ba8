package io.cistern.operations;

import io.cistern.invalidation.feed.Feed;
import io.cistern.invalidation.feed.Feeds;
import io.cistern.region.RegionRoutes;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;

/** Is down while a feed does not reach its broker, or takes nothing, and says why. */
public final class FeedsHealthCheck extends Information {

    private final Feeds feeds;

    public FeedsHealthCheck(Feeds feeds) {
        super("feeds");
        this.feeds = feeds;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        // What other regions tell has a check of its own.
        var all =
                feeds.all().stream()
                        .filter(feed -> !feed.name().equals(RegionRoutes.RECEIVE))
                        .toList();
        for (var feed : all) {
            describe(builder, feed);
        }
        var trouble =
                all.stream()
                        .filter(feed -> reason(feed) != null)
                        .map(feed -> feed.name() + ": " + reason(feed))
                        .collect(Collectors.joining("; "));
        tell(builder, trouble);
    }

    /** Why nothing is taken; null while it is. */
    static String reason(Feed feed) {
        var pause = feed.pause();
        return pause != null || feed.isConnected() ? pause : "its broker is not reached";
    }

    static void describe(HealthCheckResultBuilder builder, Feed feed) {
        var prefix = feed.name() + ".";
        builder.detail(prefix + "destination", feed.transport() + ":" + feed.destination());
        builder.detail(prefix + "connected", feed.isConnected());
        feed.lag().ifPresent(lag -> builder.detail(prefix + "lag", lag));
        if (feed.lastEvent() != null) {
            builder.detail(prefix + "lastEvent", feed.lastEvent().toString());
        }
        if (feed.pause() != null) {
            builder.detail(prefix + "paused", feed.pause());
        }
    }
}
