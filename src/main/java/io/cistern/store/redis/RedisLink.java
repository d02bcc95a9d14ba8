package io.cistern.store.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * The way to the Redis that holds the data: always to masters. Commands must fail by themselves
 * when no answer comes in time (Lettuce's {@code TimeoutOptions}) and at once while there is no
 * connection, or when too many wait.
 */
public interface RedisLink {

    /** For reads and fills. Replies come in the order of the commands. */
    RedisClusterAsyncCommands<byte[], byte[]> commands();

    /** For invalidations: one connection of their own, so that a WAIT covers what it wrote. */
    RedisClusterAsyncCommands<byte[], byte[]> invalidations();

    /** Whether a command is worth sending. Must be cheap. */
    boolean isUp();

    /** Tells when the link is up again after it was down. */
    void onUp(Runnable listener);
}
