package io.cistern.store.redis;

import io.cistern.redis.DataConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * The connections that an operation uses from its beginning to its end; once one of them breaks,
 * the operation fails.
 *
 * @param commands for reads and fills
 * @param invalidations for changes
 */
record Session(
        RedisClusterAsyncCommands<byte[], byte[]> commands,
        RedisClusterAsyncCommands<byte[], byte[]> invalidations) {

    static Session of(DataConnection redis) {
        return new Session(redis.commands(), redis.invalidations());
    }

    boolean isSameAs(Session other) {
        return commands == other.commands && invalidations == other.invalidations;
    }
}
