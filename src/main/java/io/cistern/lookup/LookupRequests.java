package io.cistern.lookup;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.Caches;
import io.cistern.cache.LookupRequest;
import io.cistern.cache.UnfitRequestException;
import io.cistern.component.CisternConstants;
import io.cistern.component.Query;
import io.cistern.component.UnknownCacheException;
import io.cistern.http.HttpRequestMessage;
import io.cistern.http.Problem;
import io.cistern.validity.EnvironmentHeader;
import io.vertx.core.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultMessage;

/**
 * Reads a lookup from an HTTP request: cache and key from the path, the rest from {@code
 * Cache-Control} (RFC 9111, section 5.2.1). What it does not know there it ignores.
 */
final class LookupRequests implements Processor {

    /** The exchange's property with the client's {@code If-None-Match}. */
    static final String IF_NONE_MATCH = "CisternIfNoneMatch";

    /**
     * The exchange's property with what the cache lets a client keep; unset where that is nothing.
     */
    static final String CLIENT_MAX_AGE = "CisternClientMaxAge";

    private static final String TRACE = "traceparent";
    private static final CharSequence TRACE_HEADER = HttpHeaders.createOptimized(TRACE);

    private final Caches caches;

    LookupRequests(Caches caches) {
        this.caches = caches;
    }

    @Override
    public void process(Exchange exchange) {
        var http = exchange.getIn(HttpRequestMessage.class);
        var cache = http.pathParameter(0);
        var key = http.pathParameter(1);
        var known = caches.get(cache);
        if (known == null) {
            refuse(exchange, Problems.of(new UnknownCacheException(cache)));
            return;
        }
        if (Keys.isTooLong(key)) {
            refuse(exchange, Keys.tooLong());
            return;
        }
        LookupRequest request;
        try {
            request = known.request(read(http, known.policy()), headers(http, key));
        } catch (UnfitRequestException e) {
            refuse(exchange, Problems.of(e));
            return;
        }
        if (!known.policy().clientMaxAge().isZero()) {
            exchange.setProperty(CLIENT_MAX_AGE, known.policy().clientMaxAge());
        }
        var condition = http.requestHeader(HttpHeaders.IF_NONE_MATCH);
        if (condition != null) {
            exchange.setProperty(IF_NONE_MATCH, condition);
        }
        // From here on nothing of the client is on the exchange but what was read.
        var message = new DefaultMessage(exchange);
        message.setBody(new Query(cache, key, request));
        exchange.setMessage(message);
    }

    /** The value of a header by its name; of one that is there several times, all by commas. */
    static UnaryOperator<String> headers(HttpRequestMessage http) {
        return name -> {
            if (isOurs(name) && !name.equals(EnvironmentHeader.NAME)) {
                return null;
            }
            var values = http.request().headers().getAll(name);
            return values.isEmpty() ? null : String.join(", ", values);
        };
    }

    /** The same of a request for one key, which stands among them as it does in routes. */
    private static UnaryOperator<String> headers(HttpRequestMessage http, String key) {
        var others = headers(http);
        return name -> name.equals(CisternConstants.KEY) ? key : others.apply(name);
    }

    private static void refuse(Exchange exchange, Problem problem) {
        exchange.getMessage().setBody(problem);
        exchange.setRouteStop(true);
    }

    static LookupRequest read(HttpRequestMessage http, CachePolicy policy) {
        var headers = forwarded(http, policy);
        var control = http.requestHeader(HttpHeaders.CACHE_CONTROL);
        if (control == null) {
            return headers.isEmpty()
                    ? LookupRequest.PLAIN
                    : new LookupRequest(false, false, false, 0, headers);
        }
        var refresh = false;
        var bypass = false;
        var onlyIfCached = false;
        var maxStale = 0L;
        for (var directive : control.toLowerCase(Locale.ROOT).split(",")) {
            var parts = directive.strip().split("=", 2);
            switch (parts[0].strip()) {
                case "no-cache" -> refresh = true;
                case "no-store" -> bypass = true;
                case "only-if-cached" -> onlyIfCached = true;
                case "max-stale" ->
                        maxStale = parts.length == 1 ? Long.MAX_VALUE : millis(parts[1].strip());
                default -> {
                    // RFC 9111: a cache ignores directives that it does not know.
                }
            }
        }
        return new LookupRequest(refresh, bypass && !onlyIfCached, onlyIfCached, maxStale, headers);
    }

    private static long millis(String seconds) {
        var digits = seconds.replace("\"", "");
        try {
            return Math.multiplyExact(Math.max(0, Long.parseLong(digits)), 1000L);
        } catch (NumberFormatException | ArithmeticException e) {
            // RFC 9111, section 1.2.2: what is too large to represent means forever.
            return digits.matches("\\d+") ? Long.MAX_VALUE : 0;
        }
    }

    private static Map<String, String> forwarded(HttpRequestMessage http, CachePolicy policy) {
        var trace = http.requestHeader(TRACE_HEADER);
        if (trace == null && policy.forwardHeaders().isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (trace != null) {
            headers.put(TRACE, trace);
        }
        for (var name : policy.forwardHeaders()) {
            var value = http.requestHeader(name);
            if (value != null && !isOurs(name)) {
                headers.put(name, value);
            }
        }
        return headers;
    }

    /** No client steers Camel or Cistern, whatever a cache forwards. */
    private static boolean isOurs(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("camel") || lower.startsWith("cistern");
    }
}
