package io.cistern.app;

import io.cistern.redis.RedisConnections;
import io.cistern.store.redis.RedisLink;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/** Lets the store use the connections of the instance. */
final class RedisStoreLink implements RedisLink {

    private final RedisConnections connections;

    RedisStoreLink(RedisConnections connections) {
        this.connections = connections;
    }

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return connections
                .connection()
                .orElseThrow(() -> new RedisException("not connected"))
                .async();
    }

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> invalidations() {
        return commands();
    }

    @Override
    public boolean isUp() {
        return connections.link().isUp();
    }

    @Override
    public void onUp(Runnable listener) {
        connections.link().onUp(listener);
    }
}
