package io.cistern.invalidation.feed;

import io.cistern.breaker.Breakers;
import org.apache.camel.builder.RouteBuilder;

/** What the routes of feeds share: the two places to which they give events. */
public final class FeedRoutes extends RouteBuilder {

    /** Takes events that a route made of something else. */
    public static final String INVALIDATE = "direct:invalidate";

    /** Takes a broker's message as its sender wrote it. */
    public static final String MESSAGE = "direct:invalidation-message";

    private final Feeds feeds;

    public FeedRoutes(Feeds feeds) {
        this.feeds = feeds;
    }

    @Override
    public void configure() {
        from(INVALIDATE)
                .routeId("invalidate")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("invalidate-breaker")
                .process(new EventStep(feeds, false))
                .id("invalidate-events")
                .end()
                .process(EventStep::raise)
                .id("invalidate-refusal");

        from(MESSAGE)
                .routeId("invalidation-message")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("invalidation-message-breaker")
                .process(new EventStep(feeds, true))
                .id("invalidation-message-events")
                .end()
                .process(EventStep::raise)
                .id("invalidation-message-refusal");
    }
}
