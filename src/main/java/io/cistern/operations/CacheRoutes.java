package io.cistern.operations;

import io.cistern.breaker.Breakers;
import io.cistern.cache.Caches;
import io.cistern.http.HttpRequestMessage;
import io.cistern.lookup.HttpOperation;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** The routes by which caches are listed, described and pruned. */
public final class CacheRoutes extends RouteBuilder {

    private final Caches caches;

    public CacheRoutes(Caches caches) {
        this.caches = caches;
    }

    @Override
    public void configure() {
        document();
        json("list-caches", "/caches", "GET", new ListCaches(caches));
        json("describe-cache", "/caches/{cache}", "GET", new DescribeCache(caches));
        json("prune-cache", "/caches/{cache}/prune", "POST", new PruneCache(caches));
    }

    private void document() {
        from("platform-http:/openapi.yaml?httpMethodRestrict=GET")
                .routeId("openapi")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("openapi-breaker")
                .setBody(constant("resource:classpath:io/cistern/operations/openapi.yaml"))
                .id("openapi-document")
                .setHeader(Exchange.CONTENT_TYPE, constant("application/yaml"))
                .id("openapi-type")
                .end();
    }

    private void json(String id, String path, String method, HttpOperation operation) {
        from("platform-http:" + path + "?httpMethodRestrict=" + method)
                .routeId(id)
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id(id + "-breaker")
                .process(operation)
                .id(id + "-answer")
                .end()
                .marshal()
                .json()
                .id(id + "-json");
    }

    private static final class ListCaches extends HttpOperation {
        ListCaches(Caches caches) {
            super(caches);
        }

        @Override
        protected CompletionStage<?> answer(HttpRequestMessage request) {
            return CompletableFuture.completedFuture(
                    Map.of("caches", caches().all().stream().map(CacheDescription::of).toList()));
        }
    }

    private static final class DescribeCache extends HttpOperation {
        DescribeCache(Caches caches) {
            super(caches);
        }

        @Override
        protected CompletionStage<?> answer(HttpRequestMessage request) {
            return CompletableFuture.completedFuture(CacheDescription.of(cache(request)));
        }
    }

    private static final class PruneCache extends HttpOperation {
        PruneCache(Caches caches) {
            super(caches);
        }

        @Override
        protected CompletionStage<?> answer(HttpRequestMessage request) {
            return cache(request).prune().thenApply(removed -> Map.of("removed", removed));
        }
    }
}
