package io.cistern.store.redis;

import io.cistern.redis.DataConnection;
import io.cistern.redis.Replication;
import io.cistern.redis.TooFewReplicasException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The connections that an operation uses from its beginning to its end; once one of them breaks,
 * the operation fails.
 *
 * @param server to which they lead
 * @param commands for reads and fills
 * @param invalidations for changes
 * @param replication of those changes
 */
record Session(
        DataConnection server,
        RedisClusterAsyncCommands<byte[], byte[]> commands,
        RedisClusterAsyncCommands<byte[], byte[]> invalidations,
        Replication replication) {

    private static final byte[] NOTHING = {};

    static Session of(DataConnection redis) {
        return new Session(redis, redis.commands(), redis.invalidations(), redis.replication());
    }

    /** Ends when so many replicas as are required have what was written by changes so far. */
    <T> CompletionStage<T> confirmed(T result) {
        return replication.confirm(invalidations).thenApply(done -> result);
    }

    /**
     * A write that shows whether the server is the master: it is confirmed as changes are.
     *
     * @param name under which something is written that is gone at once
     */
    CompletionStage<?> prove(byte[] name) {
        return invalidations.set(name, NOTHING, SetArgs.Builder.px(1)).thenCompose(this::confirmed);
    }

    /** Why nothing that is written would be confirmed, as far as that is known. */
    Optional<TooFewReplicasException> hopeless() {
        return server.mayConfirm() ? Optional.empty() : Optional.of(new TooFewReplicasException());
    }

    boolean isSameAs(Session other) {
        return commands == other.commands && invalidations == other.invalidations;
    }
}
