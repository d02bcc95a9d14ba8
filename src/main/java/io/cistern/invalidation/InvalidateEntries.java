package io.cistern.invalidation;

import io.cistern.cache.Caches;
import io.cistern.cache.order.Change;
import io.cistern.component.Naming;
import io.cistern.http.HttpReply;
import io.cistern.http.HttpRequestMessage;
import io.cistern.lookup.HttpOperation;
import io.cistern.lookup.Keys;
import io.cistern.lookup.RequestException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;

/**
 * Invalidates what the path and the query name: a key, a tag, a pattern, or without a query the
 * whole cache. Any other query is refused, so that a slip of the pen never empties a cache.
 */
final class InvalidateEntries extends HttpOperation {

    private static final String SOURCE = "http";
    private static final HttpReply DONE = HttpReply.of(204, null);

    InvalidateEntries(Caches caches) {
        super(caches);
    }

    @Override
    protected CompletionStage<?> answer(HttpRequestMessage request) {
        var cache = cache(request);
        var key = request.pathParameter("key");
        var change = key != null ? Change.key(Keys.checked(key)) : change(query(request));
        return cache.invalidate(change, SOURCE).thenApply(done -> DONE);
    }

    /** A question mark alone is a query, though an empty one: somebody forgot what to say. */
    private static String query(HttpRequestMessage request) {
        var query = request.rawQuery();
        return query == null && request.request().uri().endsWith("?") ? "" : query;
    }

    private static Change change(String query) {
        if (query == null) {
            return Change.everything();
        }
        var parts = query.split("&", -1);
        if (parts.length > 1) {
            throw RequestException.badRequest(
                    "query", "expected tag=… or pattern=…, and only one of them");
        }
        var pair = parts[0].split("=", 2);
        var name = pair[0];
        if (!name.equals("tag") && !name.equals("pattern")) {
            throw RequestException.badRequest(
                    "query",
                    "expected tag=… or pattern=…; without any query the whole cache is"
                            + " invalidated");
        }
        var value = pair.length == 2 ? decoded(name, pair[1]) : "";
        var mistake = Naming.mistake(value);
        if (mistake != null) {
            throw RequestException.badRequest(name, name + " " + mistake);
        }
        return name.equals("tag") ? Change.tag(value) : Change.pattern(value);
    }

    private static String decoded(String name, String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RequestException.badRequest(name, name + " is not percent-encoded UTF-8");
        }
    }
}
