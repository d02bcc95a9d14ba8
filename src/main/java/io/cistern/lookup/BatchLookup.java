package io.cistern.lookup;

import io.cistern.cache.Caches;
import io.cistern.http.HttpRequestMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Looks many keys up at once. Reading and writing that much JSON is no work for an event loop. */
final class BatchLookup extends HttpOperation {

    private final Executor workers;

    BatchLookup(Caches caches, Executor workers) {
        super(caches);
        this.workers = workers;
    }

    @Override
    protected CompletionStage<?> answer(HttpRequestMessage request) {
        var cache = cache(request);
        var lookup = request(cache, request);
        var body = request.getBody() instanceof byte[] bytes ? bytes : null;
        try {
            return CompletableFuture.supplyAsync(() -> BatchRequest.keys(body), workers)
                    .thenCompose(keys -> cache.lookupAll(keys, lookup))
                    .thenApplyAsync(BatchReply::of, workers);
        } catch (RejectedExecutionException full) {
            throw RequestException.busy();
        }
    }
}
