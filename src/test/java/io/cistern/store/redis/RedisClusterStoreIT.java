package io.cistern.store.redis;

import static org.awaitility.Awaitility.await;

import io.cistern.cache.spi.Store;
import io.cistern.redis.RedisConnections;
import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.Secret;
import io.cistern.store.StoreContract;
import io.cistern.testing.RedisCluster;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What holds for every store holds on a Cluster. */
class RedisClusterStoreIT extends StoreContract {

    private static RedisCluster cluster;
    private static RedisConnections redis;

    private final String namespace = "test-" + UUID.randomUUID();
    private int opened;

    @BeforeAll
    static void startAll() throws Exception {
        cluster = RedisCluster.start(0);
        redis = RedisConnections.open(settings());
        await().atMost(Duration.ofSeconds(20)).until(() -> redis.link().isWritable());
    }

    private static RedisSettings settings() {
        var nodes =
                cluster.servers().stream()
                        .map(server -> new HostAndPort("127.0.0.1", server.port()))
                        .toList();
        return new RedisSettings(
                true,
                new RedisPlace.Cluster(nodes),
                0,
                Optional.empty(),
                Secret.NONE,
                Optional.empty(),
                0,
                6,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                "p:");
    }

    @AfterAll
    static void stopAll() throws Exception {
        redis.close();
        cluster.close();
    }

    @Override
    protected Store open(int marks) {
        var limits = new RedisLimits(marks, 64 << 20, 100, 100, 1 << 20, 1000);
        return new RedisStore(redis, clock, "p:", namespace + opened++, limits);
    }
}
