package io.cistern.store.redis;

import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.redis.DataConnection;
import io.cistern.redis.RedisFailure;
import io.cistern.redis.RedisRoutes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Tells the connection how operations end, and says failures in the words of the contract. What a
 * server of a Cluster refused, because a slot is elsewhere or moving, is tried again where it is
 * now: it was not carried out.
 */
final class Guard {

    private static final int ATTEMPTS = 4;

    private final RedisRoutes routes;

    Guard(RedisRoutes routes) {
        this.routes = routes;
    }

    /** An operation over the way to a name; it is not begun while that server is away. */
    <T> CompletionStage<T> run(
            byte[] name, Function<DataConnection, CompletionStage<T>> operation) {
        var result = new CompletableFuture<T>();
        run(name, operation, 1, result);
        return result;
    }

    private <T> void run(
            byte[] name,
            Function<DataConnection, CompletionStage<T>> operation,
            int attempt,
            CompletableFuture<T> result) {
        DataConnection redis;
        CompletionStage<T> stage;
        try {
            redis = routes.to(name);
        } catch (RuntimeException e) {
            result.completeExceptionally(failed(e));
            return;
        }
        if (!redis.isUp()) {
            result.completeExceptionally(
                    new StoreUnavailableException("there is no connection to Redis"));
            return;
        }
        try {
            stage = operation.apply(redis);
        } catch (RuntimeException e) {
            redis.ended(e);
            result.completeExceptionally(failed(e));
            return;
        }
        stage.whenComplete(
                (value, error) -> {
                    redis.ended(error);
                    if (error == null) {
                        result.complete(value);
                    } else if (attempt < ATTEMPTS && isElsewhere(error)) {
                        routes.look().thenRun(() -> run(name, operation, attempt + 1, result));
                    } else {
                        result.completeExceptionally(failed(error));
                    }
                });
    }

    private boolean isElsewhere(Throwable error) {
        return routes.isCluster() && RedisFailure.of(error).kind() == RedisFailure.Kind.CLUSTER;
    }

    static StoreUnavailableException failed(Throwable error) {
        // Without its cause: what Redis says may quote arguments.
        return new StoreUnavailableException("Redis: " + RedisFailure.of(error).reason());
    }
}
