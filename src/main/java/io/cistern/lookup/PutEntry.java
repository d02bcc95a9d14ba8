package io.cistern.lookup;

import io.cistern.cache.Caches;
import io.cistern.cache.Codecs;
import io.cistern.component.JsonBodies;
import io.cistern.component.Naming;
import io.cistern.http.HttpReply;
import io.cistern.http.HttpRequestMessage;
import io.cistern.http.Problem;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/** Stores the body of a request under its key. */
final class PutEntry extends HttpOperation {

    private static final byte[] NOTHING = {};
    private static final int MAX_TAGS = 1000;
    private static final HttpReply STORED = HttpReply.of(204, null);

    PutEntry(Caches caches) {
        super(caches);
    }

    @Override
    protected CompletionStage<?> answer(HttpRequestMessage request) {
        var cache = cache(request);
        var key = Keys.checked(request.pathParameter("key"));
        var body = request.getBody() instanceof byte[] bytes ? bytes : NOTHING;
        if (body.length > cache.policy().maxValueSize()) {
            throw new RequestException(
                    Problem.of(
                                    413,
                                    "Value too large",
                                    "This cache stores values of up to "
                                            + cache.policy().maxValueSize()
                                            + " bytes")
                            .with("maxValueSize", cache.policy().maxValueSize()));
        }
        var type = type(cache.policy().codec().of(key), body, request);
        return cache.put(
                        key,
                        body,
                        type,
                        ttl(request.requestHeader(HttpHeaders.CACHE_CONTROL)),
                        tags(request.requestHeader("Cache-Tags")),
                        LookupRequests.headers(request))
                .thenApply(done -> STORED);
    }

    /** The media type to store; refuses what the key's codec does not take. */
    private static String type(Codecs.Codec codec, byte[] body, HttpRequestMessage request) {
        var declared = request.requestHeader(HttpHeaders.CONTENT_TYPE);
        if (codec != Codecs.Codec.JSON) {
            return declared == null || declared.isBlank() ? "application/octet-stream" : declared;
        }
        JsonBodies.mistake(body)
                .ifPresent(
                        mistake -> {
                            throw RequestException.badRequest(
                                    "body", "this cache's codec for the key is json: " + mistake);
                        });
        return JsonBodies.typeOr(declared);
    }

    private static Duration ttl(String control) {
        if (control == null) {
            return null;
        }
        for (var directive : control.toLowerCase(Locale.ROOT).split(",")) {
            var parts = directive.strip().split("=", 2);
            if (parts[0].strip().equals("max-age") && parts.length == 2) {
                var digits = parts[1].strip().replace("\"", "");
                if (!digits.matches("\\d{1,9}") || Integer.parseInt(digits) == 0) {
                    throw RequestException.badRequest(
                            "Cache-Control",
                            "max-age has to be a number of seconds from 1 to 999999999");
                }
                return Duration.ofSeconds(Integer.parseInt(digits));
            }
        }
        return null;
    }

    private static List<String> tags(String header) {
        List<String> tags;
        try {
            tags = Naming.tags(header);
        } catch (IllegalArgumentException e) {
            throw RequestException.badRequest("Cache-Tags", e.getMessage());
        }
        if (tags.size() > MAX_TAGS) {
            throw RequestException.badRequest("Cache-Tags", "more than " + MAX_TAGS + " tags");
        }
        return tags;
    }
}
