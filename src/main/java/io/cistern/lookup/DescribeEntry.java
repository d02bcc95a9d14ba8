package io.cistern.lookup;

import io.cistern.cache.Caches;
import io.cistern.component.EntryMetadata;
import io.cistern.http.HttpRequestMessage;
import io.cistern.http.Problem;
import java.util.concurrent.CompletionStage;

/** Answers with an entry's metadata; asks no origin. */
final class DescribeEntry extends HttpOperation {

    DescribeEntry(Caches caches) {
        super(caches);
    }

    @Override
    protected CompletionStage<?> answer(HttpRequestMessage request) {
        var cache = cache(request);
        var key = Keys.checked(request.pathParameter("key"));
        var asked = request(cache, request);
        return cache.peek(key, asked)
                .thenApply(
                        entry -> {
                            if (entry == null) {
                                throw new RequestException(
                                        Problem.of(
                                                404,
                                                "No such entry",
                                                "Nothing is stored under this key"));
                            }
                            var metadata = EntryMetadata.of(key, entry, asked);
                            metadata.put("store", cache.storeName());
                            return metadata;
                        });
    }
}
