package io.cistern.invalidation;

import io.cistern.breaker.Breakers;
import io.cistern.cache.Caches;
import io.cistern.invalidation.event.EventReader;
import io.cistern.invalidation.event.EventSchema;
import io.cistern.invalidation.event.Invalidator;
import java.util.concurrent.Executor;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** The routes by which entries are invalidated over HTTP. */
public final class InvalidationRoutes extends RouteBuilder {

    private final Caches caches;
    private final EventReader reader;
    private final Invalidator invalidator;
    private final Executor workers;

    /**
     * @param caches the caches
     * @param reader reads events
     * @param invalidator applies them
     * @param workers where large bodies are read, so that event loops stay free
     */
    public InvalidationRoutes(
            Caches caches, EventReader reader, Invalidator invalidator, Executor workers) {
        this.caches = caches;
        this.reader = reader;
        this.invalidator = invalidator;
        this.workers = workers;
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

        from("platform-http:/invalidations?httpMethodRestrict=POST")
                .routeId("apply-invalidations")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("apply-invalidations-breaker")
                .process(new PostInvalidations(caches, reader, invalidator, workers))
                .id("apply-invalidations-answer")
                .end()
                .marshal()
                .json()
                .id("apply-invalidations-json");

        from("platform-http:/invalidation-event.json?httpMethodRestrict=GET")
                .routeId("invalidation-schema")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("invalidation-schema-breaker")
                .setBody(constant("resource:classpath:" + EventSchema.RESOURCE))
                .id("invalidation-schema-document")
                .setHeader(Exchange.CONTENT_TYPE, constant("application/schema+json"))
                .id("invalidation-schema-type")
                .end();
    }
}
