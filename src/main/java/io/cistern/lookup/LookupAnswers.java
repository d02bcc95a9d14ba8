package io.cistern.lookup;

import io.cistern.cache.LookupResult;
import io.cistern.cache.entry.Entry;
import io.cistern.http.HttpReply;
import io.cistern.http.Problem;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Writes the result of a lookup as an HTTP answer. */
final class LookupAnswers implements Processor {

    private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized("cache-status");
    private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
    private static final byte[] NOTHING = {};

    @Override
    public void process(Exchange exchange) {
        var message = exchange.getMessage();
        if (message.getBody() instanceof LookupResult result) {
            message.setBody(
                    reply(
                            result,
                            (String) exchange.getProperty(LookupRequests.IF_NONE_MATCH),
                            (Duration) exchange.getProperty(LookupRequests.CLIENT_MAX_AGE)));
        }
    }

    private static Object reply(LookupResult result, String condition, Duration clientMaxAge) {
        var status = CacheStatus.of(result);
        if (result.failure() != null) {
            return Problems.of(result.failure()).header("Cache-Status", status);
        }
        var entry = result.entry();
        if (entry.negative()) {
            return Problem.of(404, "No such value", "The origin has no value under this key")
                    .header("Cache-Status", status)
                    .header("Age", Long.toString(result.age()))
                    .header("Cache-Control", "no-cache");
        }
        var notModified = condition != null && EtagCondition.matches(condition, entry.etag());
        return HttpReply.of(
                notModified ? 304 : 200,
                notModified ? NOTHING : entry.value(),
                HttpHeaders.CONTENT_TYPE,
                entry.contentType(),
                CACHE_STATUS,
                status,
                HttpHeaders.AGE,
                Long.toString(result.age()),
                HttpHeaders.ETAG,
                '"' + entry.etag() + '"',
                HttpHeaders.CACHE_CONTROL,
                cacheControl(result, entry, clientMaxAge));
    }

    /** A client may keep what is fresh for a while, where its cache says so; else it has to ask. */
    private static CharSequence cacheControl(
            LookupResult result, Entry entry, Duration clientMaxAge) {
        if (clientMaxAge == null) {
            return NO_CACHE;
        }
        // What is left of the entry's time, as the answer's Age counts against max-age.
        var lifetime = (entry.freshUntil() - entry.created()) / 1000;
        var seconds = Math.min(clientMaxAge.toSeconds() + result.age(), lifetime);
        return result.ttl() <= 0 ? NO_CACHE : "max-age=" + seconds;
    }
}
