package io.cistern.app;

import io.cistern.testing.RedisCluster;
import io.cistern.testing.RedisProcess;
import java.util.Map;

/** Failovers of a Redis Cluster: each concerns some parts of each cache. */
class ClusterFailoversIT extends FailoversFixture {

    private static final int PARTS = 16;

    private RedisCluster redis;
    private String name;

    @Override
    Map<String, String> openRedis() throws Exception {
        redis = RedisCluster.start(2);
        return Map.of("REDIS_CLUSTER_ENABLED", "true", "REDIS_CLUSTER_NODES", redis.nodes());
    }

    @Override
    void closeRedis() throws Exception {
        redis.close();
    }

    @Override
    void next() {
        name = "{items:" + random.nextInt(PARTS) + "}";
    }

    @Override
    RedisProcess master() {
        return redis.master(name);
    }

    @Override
    boolean isSettled() {
        return redis.isSettled();
    }
}
