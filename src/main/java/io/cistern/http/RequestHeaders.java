package io.cistern.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConstants;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.util.CollectionHelper;

/** Makes Camel headers of a request, as users of {@code platform-http} know them. */
final class RequestHeaders {
    private static final String[] RESERVED = {"camel", "org.apache.camel.", "cistern"};

    private RequestHeaders() {}

    /** Fills a message's headers; what is said by the path comes last, so no client can say it. */
    static void fill(
            Map<String, Object> headers,
            HttpCall call,
            Exchange exchange,
            HeaderFilterStrategy filter) {
        var request = call.request();
        add(request.headers(), headers, exchange, filter);
        var query = request.query();
        if (query != null && !query.isEmpty()) {
            add(request.params(), headers, exchange, filter);
        }
        var names = call.template().parameters();
        for (var i = 0; i < names.size(); i++) {
            headers.put(names.get(i), call.pathValues()[i]);
        }
        headers.put(Exchange.HTTP_METHOD, request.method().name());
        headers.put(Exchange.HTTP_PATH, request.path());
        headers.put(Exchange.HTTP_URI, request.uri());
        headers.put(
                Exchange.HTTP_URL,
                request.scheme() + "://" + request.getHeader(HttpHeaders.HOST) + request.uri());
        headers.put(Exchange.HTTP_QUERY, query);
        headers.put(Exchange.HTTP_RAW_QUERY, query);
        headers.put(VertxPlatformHttpConstants.LOCAL_ADDRESS, request.localAddress());
        headers.put(VertxPlatformHttpConstants.REMOTE_ADDRESS, request.remoteAddress());
    }

    private static void add(
            MultiMap from,
            Map<String, Object> headers,
            Exchange exchange,
            HeaderFilterStrategy filter) {
        for (var entry : from) {
            var name = entry.getKey();
            var value = entry.getValue();
            if (!isReserved(name)
                    && (filter == null
                            || !filter.applyFilterToExternalHeaders(name, value, exchange))) {
                CollectionHelper.appendEntry(headers, name, value);
            }
        }
    }

    /** Whatever filter an endpoint has: these names steer Camel and Cistern. */
    private static boolean isReserved(String name) {
        for (var prefix : RESERVED) {
            if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
                return true;
            }
        }
        return false;
    }
}
