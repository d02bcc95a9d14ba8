package io.cistern.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * A connection for much data that is in no hurry, beside the one on which lookups go. One thread
 * writes on it, so that the commands of a transaction stand together. Safe for use by many threads.
 */
public final class BulkConnection {

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final Executor writer;

    /**
     * @param connection on which nobody else sends, and which does not flush by itself
     * @param writer of one thread
     */
    public BulkConnection(StatefulRedisConnection<byte[], byte[]> connection, Executor writer) {
        this.connection = connection;
        this.writer = writer;
    }

    /** Whether it is the same connection. */
    public boolean isSameAs(BulkConnection other) {
        return connection == other.connection;
    }

    /**
     * Sends commands with nothing in between.
     *
     * @param commands gives all of them at once, and may not send any later
     * @return what becomes of the stage that it returns; fails with {@link
     *     RedisUnavailableException} where nothing is sent any more
     */
    public <T> CompletionStage<T> send(
            Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> commands) {
        var result = new CompletableFuture<T>();
        try {
            writer.execute(() -> send(commands, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new RedisUnavailableException("Redis", "closed"));
        }
        return result;
    }

    private <T> void send(
            Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> commands,
            CompletableFuture<T> result) {
        try {
            commands.apply(connection.async())
                    .whenComplete(
                            (value, error) -> {
                                if (error == null) {
                                    result.complete(value);
                                } else {
                                    result.completeExceptionally(error);
                                }
                            });
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        } finally {
            connection.flushCommands();
        }
    }
}
