package io.cistern.invalidation;

import io.cistern.breaker.Breakers;
import io.cistern.cache.Caches;
import org.apache.camel.builder.RouteBuilder;

/** The routes by which entries are invalidated over HTTP. */
public final class InvalidationRoutes extends RouteBuilder {

    private final Caches caches;

    public InvalidationRoutes(Caches caches) {
        this.caches = caches;
    }

    @Override
    public void configure() {
        from("platform-http:/caches/{cache}/entries/{key}?httpMethodRestrict=DELETE")
                .routeId("invalidate-entry")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("invalidate-entry-breaker")
                .process(new InvalidateEntries(caches))
                .id("invalidate-entry-answer")
                .end();

        from("platform-http:/caches/{cache}/entries?httpMethodRestrict=DELETE")
                .routeId("invalidate-entries")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("invalidate-entries-breaker")
                .process(new InvalidateEntries(caches))
                .id("invalidate-entries-answer")
                .end();
    }
}
