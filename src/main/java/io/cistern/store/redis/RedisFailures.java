package io.cistern.store.redis;

import io.cistern.cache.spi.StoreUnavailableException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Counts failures of Redis and says them in the words of the store's contract. */
final class RedisFailures {

    private final Map<RedisFailure, LongAdder> counts = new EnumMap<>(RedisFailure.class);

    RedisFailures() {
        for (var kind : RedisFailure.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    long count(RedisFailure kind) {
        return counts.get(kind).sum();
    }

    /** An operation over a link; it is not begun while the link is down. */
    <T> CompletionStage<T> guard(RedisLink link, Supplier<CompletionStage<T>> operation) {
        if (!link.isUp()) {
            return CompletableFuture.failedStage(
                    new StoreUnavailableException(RedisFailure.DISCONNECTED.reason()));
        }
        CompletionStage<T> stage;
        try {
            stage = operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(count(e));
        }
        var result = new CompletableFuture<T>();
        stage.whenComplete(
                (value, error) -> {
                    if (error == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(count(error));
                    }
                });
        return result;
    }

    private StoreUnavailableException count(Throwable error) {
        var kind = RedisFailure.of(error);
        counts.get(kind).increment();
        // Without its cause: what Redis says may quote arguments.
        return new StoreUnavailableException(kind.reason());
    }
}
