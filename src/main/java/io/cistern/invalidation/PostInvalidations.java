package io.cistern.invalidation;

import io.cistern.cache.Caches;
import io.cistern.http.HttpRequestMessage;
import io.cistern.invalidation.event.EventException;
import io.cistern.invalidation.event.EventReader;
import io.cistern.invalidation.event.InvalidationEvent;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.invalidation.event.TraceContext;
import io.cistern.lookup.HttpOperation;
import io.cistern.lookup.RequestException;
import io.vertx.core.http.HttpHeaders;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Applies one event or an array of them, all or nothing as far as mistakes go. */
final class PostInvalidations extends HttpOperation {

    private static final String SOURCE = "http";
    private static final String ATTRIBUTE = "ce-";

    /** Reading less takes no longer than handing it to another thread. */
    private static final int SMALL = 8 * 1024;

    private final EventReader reader;
    private final Invalidator invalidator;
    private final Executor workers;

    PostInvalidations(
            Caches caches, EventReader reader, Invalidator invalidator, Executor workers) {
        super(caches);
        this.reader = reader;
        this.invalidator = invalidator;
        this.workers = workers;
    }

    @Override
    protected CompletionStage<?> answer(HttpRequestMessage request) {
        var body = request.getBody() instanceof byte[] bytes ? bytes : new byte[0];
        var contentType = request.requestHeader(HttpHeaders.CONTENT_TYPE);
        var attributes = attributes(request);
        var trace = request.requestHeader(TraceContext.HEADER);
        if (body.length <= SMALL) {
            return apply(read(body, contentType, attributes), trace);
        }
        try {
            return CompletableFuture.supplyAsync(() -> read(body, contentType, attributes), workers)
                    .thenCompose(events -> apply(events, trace));
        } catch (RejectedExecutionException full) {
            throw RequestException.busy();
        }
    }

    private List<InvalidationEvent> read(
            byte[] body, String contentType, Map<String, String> attributes) {
        try {
            return reader.read(body, contentType, attributes);
        } catch (EventException e) {
            throw RequestException.badRequest(e.field(), e.getMessage());
        }
    }

    /** Of a CloudEvent in binary mode. */
    private static Map<String, String> attributes(HttpRequestMessage request) {
        Map<String, String> attributes = new HashMap<>();
        for (var header : request.request().headers()) {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(ATTRIBUTE)) {
                attributes.put(name.substring(ATTRIBUTE.length()), decoded(header.getValue()));
            }
        }
        return attributes;
    }

    /** By CloudEvents' HTTP binding what is no printable ASCII is percent-encoded in headers. */
    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException plain) {
            return value;
        }
    }

    private CompletionStage<?> apply(List<InvalidationEvent> events, String trace) {
        return invalidator
                .apply(TraceContext.note(events, trace), SOURCE)
                .thenApply(PostInvalidations::reply);
    }

    private static Map<String, Object> reply(List<Invalidator.Result> results) {
        return Map.of("results", results.stream().map(PostInvalidations::described).toList());
    }

    private static Map<String, Object> described(Invalidator.Result result) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("id", result.id());
        described.put("cache", result.cache());
        described.put("status", result.status().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return described;
    }
}
