package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.redis.RedisConnections;
import io.cistern.settings.Settings;
import io.cistern.testing.Ports;
import io.cistern.testing.RedisCluster;
import io.cistern.testing.RedisProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The caches that Redis knows of, whoever has them open. */
class CacheNamesIT {

    private static final byte[] SOME = "1".getBytes(StandardCharsets.UTF_8);

    private static RedisConnections open(Map<String, String> where) {
        var settings = new HashMap<>(where);
        settings.put("REDIS_WAIT_REPLICAS", "0");
        settings.put("REDIS_KEY_PREFIX", "a-b^.:");
        var redis = RedisConnections.open(Settings.load(settings, Path.of("nonexistent")).redis());
        await().atMost(Duration.ofSeconds(20)).until(() -> redis.link().isWritable());
        return redis;
    }

    private static Set<String> fill(RedisConnections redis) {
        var caches =
                IntStream.range(0, 60).mapToObj(at -> "cache-" + at).collect(Collectors.toSet());
        for (var cache : caches) {
            order(redis, "cistern", cache);
        }
        order(redis, "cistern2", "another-namespace");
        var names = new Names("a-b^.:", "cistern", new Partition("entries-only", 0));
        for (var key : new String[] {"1", "}:m", "{x:0}:m"}) {
            write(redis, names.entry(key));
        }
        return caches;
    }

    private static void order(RedisConnections redis, String namespace, String cache) {
        var names = new Names("a-b^.:", namespace, new Partition(cache, 0));
        redis.to(names.order())
                .commands()
                .hset(names.order(), SOME, SOME)
                .toCompletableFuture()
                .join();
        write(redis, names.entry("1"));
    }

    private static void write(RedisConnections redis, byte[] name) {
        redis.to(name).commands().set(name, SOME).toCompletableFuture().join();
    }

    private static Set<String> found(RedisConnections redis) {
        return new CacheNames(redis, "a-b^.:", "cistern").find().toCompletableFuture().join();
    }

    @Test
    void allWithAnOrderAreFoundAndNothingElse() throws Exception {
        var port = Ports.free();
        try (var server = RedisProcess.server("port " + port);
                var redis =
                        open(
                                Map.of(
                                        "REDIS_HOST",
                                        "127.0.0.1",
                                        "REDIS_PORT",
                                        Integer.toString(port)))) {
            assertThat(found(redis)).isEmpty();
            var caches = fill(redis);
            assertThat(found(redis)).isEqualTo(caches);

            server.kill();
            await().until(() -> !redis.isUp());
            assertThatThrownBy(() -> found(redis))
                    .hasCauseInstanceOf(StoreUnavailableException.class);
        }
    }

    @Test
    void allMastersOfAClusterAreAsked() throws Exception {
        try (var cluster = RedisCluster.start(0);
                var redis =
                        open(
                                Map.of(
                                        "REDIS_CLUSTER_ENABLED",
                                        "true",
                                        "REDIS_CLUSTER_NODES",
                                        cluster.nodes()))) {
            var caches = fill(redis);

            assertThat(found(redis)).isEqualTo(caches);
        }
    }
}
