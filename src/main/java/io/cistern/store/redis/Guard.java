package io.cistern.store.redis;

import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.redis.DataConnection;
import io.cistern.redis.RedisFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Tells the connection how operations end, and says failures in the words of the contract. */
final class Guard {

    private final DataConnection redis;

    Guard(DataConnection redis) {
        this.redis = redis;
    }

    /** An operation over the connection; it is not begun while Redis is away. */
    <T> CompletionStage<T> run(Supplier<CompletionStage<T>> operation) {
        if (!redis.isUp()) {
            return CompletableFuture.failedStage(
                    new StoreUnavailableException("there is no connection to Redis"));
        }
        CompletionStage<T> stage;
        try {
            stage = operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(failed(e));
        }
        var result = new CompletableFuture<T>();
        stage.whenComplete(
                (value, error) -> {
                    if (error == null) {
                        redis.ended(null);
                        result.complete(value);
                    } else {
                        result.completeExceptionally(failed(error));
                    }
                });
        return result;
    }

    private StoreUnavailableException failed(Throwable error) {
        redis.ended(error);
        // Without its cause: what Redis says may quote arguments.
        return new StoreUnavailableException("Redis: " + RedisFailure.of(error).reason());
    }
}
