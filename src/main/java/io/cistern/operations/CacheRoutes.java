package io.cistern.operations;

import io.cistern.breaker.Breakers;
import io.cistern.cache.Caches;
import io.cistern.component.EntryLocations;
import io.cistern.http.HttpRequestMessage;
import io.cistern.lookup.HttpOperation;
import io.cistern.lookup.RequestException;
import io.cistern.settings.DurationText;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** The routes by which caches are listed, described, pruned and cleared. */
public final class CacheRoutes extends RouteBuilder {

    private static final String OLDER_THAN = "olderThan=";

    private final Caches caches;

    public CacheRoutes(Caches caches) {
        this.caches = caches;
    }

    @Override
    public void configure() {
        document();
        json("list-caches", "/caches", "GET", new ListCaches(caches));
        json("describe-cache", "/caches/{cache}", "GET", new DescribeCache(caches));
        json("locate-cache", "/caches/{cache}/storage", "GET", new LocateCache(caches));
        json("prune-cache", "/caches/{cache}/prune", "POST", new PruneCache(caches));
        json("clear-cache", "/caches/{cache}/clear", "POST", new ClearCache(caches));
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

    private static final class LocateCache extends HttpOperation {
        LocateCache(Caches caches) {
            super(caches);
        }

        @Override
        protected CompletionStage<?> answer(HttpRequestMessage request) {
            return cache(request)
                    .locations()
                    .thenApply(found -> Map.of("storage", EntryLocations.of(found)));
        }
    }

    private static final class PruneCache extends HttpOperation {
        PruneCache(Caches caches) {
            super(caches);
        }

        @Override
        protected CompletionStage<?> answer(HttpRequestMessage request) {
            var cache = cache(request);
            var pruned = olderThan(request.rawQuery()).map(cache::prune).orElseGet(cache::prune);
            return pruned.thenApply(removed -> Map.of("removed", removed));
        }

        /** Any other parameter is refused: a mistake must not delete more than was meant. */
        private static Optional<Duration> olderThan(String query) {
            if (query == null || query.isEmpty()) {
                return Optional.empty();
            }
            if (!query.startsWith(OLDER_THAN) || query.indexOf('&') >= 0) {
                throw RequestException.badRequest(
                        "query", "expected nothing, or olderThan and a duration such as 7d");
            }
            try {
                return Optional.of(DurationText.parse(query.substring(OLDER_THAN.length())));
            } catch (IllegalArgumentException e) {
                throw RequestException.badRequest("olderThan", e.getMessage());
            }
        }
    }

    private static final class ClearCache extends HttpOperation {
        ClearCache(Caches caches) {
            super(caches);
        }

        @Override
        protected CompletionStage<?> answer(HttpRequestMessage request) {
            if (request.rawQuery() != null) {
                throw RequestException.badRequest("query", "expected none");
            }
            return cache(request).clear("http").thenApply(removed -> Map.of("removed", removed));
        }
    }
}
