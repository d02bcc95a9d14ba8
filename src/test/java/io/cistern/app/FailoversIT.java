package io.cistern.app;

import io.cistern.testing.RedisProcess;
import io.cistern.testing.SentinelServers;
import java.util.Map;

/** Failovers that Sentinels decide. */
class FailoversIT extends FailoversFixture {

    private SentinelServers redis;

    @Override
    Map<String, String> openRedis() throws Exception {
        redis = SentinelServers.start();
        return Map.of(
                "REDIS_SENTINEL_HOSTS",
                redis.hosts(),
                "REDIS_SERVICE_NAME",
                SentinelServers.SERVICE);
    }

    @Override
    void closeRedis() throws Exception {
        redis.close();
    }

    @Override
    RedisProcess master() {
        return redis.master();
    }

    @Override
    boolean isSettled() {
        return redis.isSettled();
    }
}
