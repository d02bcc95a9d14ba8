package io.cistern.lookup;

import io.cistern.cache.Cache;
import io.cistern.cache.Caches;
import io.cistern.cache.LookupRequest;
import io.cistern.component.UnknownCacheException;
import io.cistern.http.HttpRequestMessage;
import java.util.concurrent.CompletionStage;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * A step of a route that answers an HTTP request without holding a thread. What goes wrong as it
 * may, such as a store that is away, becomes the answer: it is no failure of the route, and must
 * not open its breaker.
 */
public abstract class HttpOperation extends AsyncProcessorSupport {

    private final Caches caches;

    protected HttpOperation(Caches caches) {
        this.caches = caches;
    }

    /**
     * @param request the request
     * @return the body of the answer: an HTTP reply, a problem, or anything that a further step
     *     turns into bytes
     * @throws RequestException if the request is wrong
     */
    protected abstract CompletionStage<?> answer(HttpRequestMessage request);

    /** The cache that the path names. */
    protected final Cache cache(HttpRequestMessage request) {
        var name = request.pathParameter("cache");
        var cache = caches.get(name);
        if (cache == null) {
            throw new UnknownCacheException(name);
        }
        return cache;
    }

    /** What is asked by whoever sent the request, of a cache. */
    protected static LookupRequest request(Cache cache, HttpRequestMessage request) {
        return cache.request(
                LookupRequests.read(request, cache.policy()), LookupRequests.headers(request));
    }

    protected final Caches caches() {
        return caches;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        CompletionStage<?> work;
        try {
            work = answer(exchange.getMessage(HttpRequestMessage.class));
        } catch (RuntimeException e) {
            finish(exchange, null, e);
            callback.done(true);
            return true;
        }
        work.whenComplete(
                (body, error) -> {
                    finish(exchange, body, error);
                    callback.done(false);
                });
        return false;
    }

    private static void finish(Exchange exchange, Object body, Throwable error) {
        if (error == null) {
            exchange.getMessage().setBody(body);
            return;
        }
        var problem = Problems.of(error);
        if (problem == null) {
            exchange.setException(error);
        } else {
            exchange.getMessage().setBody(problem);
            exchange.setRouteStop(true);
        }
    }
}
