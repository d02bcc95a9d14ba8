package io.cistern.lookup;

import io.cistern.breaker.Breakers;
import io.cistern.cache.Caches;
import java.util.concurrent.Executor;
import org.apache.camel.builder.RouteBuilder;

/** The routes by which values are looked up, stored and described. */
public final class LookupRoutes extends RouteBuilder {

    private static final String ENTRY = "platform-http:/caches/{cache}/entries/{key}";

    private final Caches caches;
    private final Executor workers;

    /**
     * @param caches the caches
     * @param workers where large answers are written, so that event loops stay free
     */
    public LookupRoutes(Caches caches, Executor workers) {
        this.caches = caches;
        this.workers = workers;
    }

    @Override
    public void configure() {
        from(ENTRY + "?httpMethodRestrict=GET,HEAD")
                .routeId("lookup")
                .process(new LookupRequests(caches))
                .id("lookup-request")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("lookup-breaker")
                .to("cistern:*?operation=lookup&answer=result")
                .id("lookup-cache")
                .process(new LookupAnswers())
                .id("lookup-answer")
                .end();

        from("platform-http:/caches/{cache}/lookup?httpMethodRestrict=POST")
                .routeId("batch-lookup")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("batch-lookup-breaker")
                .process(new BatchLookup(caches, workers))
                .id("batch-lookup-answer")
                .end();

        from(ENTRY + "?httpMethodRestrict=PUT")
                .routeId("put-entry")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("put-entry-breaker")
                .process(new PutEntry(caches))
                .id("put-entry-answer")
                .end();

        from("platform-http:/caches/{cache}/entries/{key}/metadata?httpMethodRestrict=GET")
                .routeId("entry-metadata")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("entry-metadata-breaker")
                .process(new DescribeEntry(caches))
                .id("entry-metadata-answer")
                .end()
                .marshal()
                .json()
                .id("entry-metadata-json");
    }
}
