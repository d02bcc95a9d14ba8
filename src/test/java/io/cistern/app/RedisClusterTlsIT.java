package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.testing.Certificate;
import io.cistern.testing.RedisCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A Redis Cluster that takes nobody without a certificate, and has no port that is open. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterTlsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> KEYS =
            IntStream.range(0, 50).mapToObj(i -> "key-" + i).toList();

    private CountingOrigin origin;
    private Certificate own;
    private Certificate clients;
    private RedisCluster redis;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        origin = new CountingOrigin();
        own = Certificate.make(folder, "node", "ip:127.0.0.1");
        clients = Certificate.make(folder, "client", "dns:client");
        redis = RedisCluster.start(2, own, clients);
    }

    @AfterAll
    void stop() throws Exception {
        redis.close();
        origin.close();
    }

    private Instance.Builder instance() {
        return Instance.on(redis)
                .set("REDIS_TLS", "true")
                .set("REDIS_TLS_CA", own.certificate().toString())
                .set("REDIS_TLS_CERT", clients.certificate().toString())
                .set("REDIS_TLS_KEY", clients.key().toString())
                .set("CIRCUIT_BREAKER_ENABLED", "false")
                .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                .route(
                        "names",
                        """
                        - route:
                            id: names
                            from:
                              uri: cistern:names
                              steps:
                                - setHeader: { name: CamelRedis.Key, simple: "${header.CisternKey}" }
                                - setHeader: { name: CamelRedis.Value, constant: Ada }
                                - to:
                                    uri: spring-redis:redis:6379
                                    parameters: { command: SET, redisTemplate: "#bean:redisTemplate" }
                                - setBody: { simple: "${null}" }
                                - to:
                                    uri: spring-redis:redis:6379
                                    parameters: { command: GET, redisTemplate: "#bean:redisTemplate" }
                        """);
    }

    private static void awaitUp(Instance instance) {
        await().atMost(PATIENCE).until(() -> instance.manage("/observe/health").status() == 200);
    }

    private static void allAnswer(Instance instance) {
        for (var key : KEYS) {
            assertThat(instance.lookup("items", key).status()).as(key).isEqualTo(200);
        }
    }

    private static boolean isCached(Instance instance, String key) {
        return instance.lookup("items", key, "Cache-Control", "only-if-cached").status() == 200;
    }

    @Test
    void everythingGoesAsOnAnOpenOne() throws Exception {
        try (var one = instance().start();
                var other = instance().start()) {
            awaitUp(one);
            awaitUp(other);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                allAnswer(one);
                                assertThat(KEYS).allMatch(key -> isCached(other, key));
                            });
            assertThat(one.lookup("names", "of-a-person").text()).isEqualTo("Ada");

            var old = redis.master("{items:3}");
            old.kill();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                allAnswer(one);
                                allAnswer(other);
                                assertThat(one.delete("/caches/items/entries").status())
                                        .isEqualTo(204);
                            });
            assertThat(KEYS).noneMatch(key -> isCached(one, key));
            old.start();
            await().atMost(PATIENCE).until(redis::isSettled);
        }
    }

    @Test
    void withoutACertificateLookupsComeFromTheOrigin() {
        try (var stranger =
                Instance.on(redis)
                        .set("REDIS_TLS", "true")
                        .set("REDIS_TLS_CA", own.certificate().toString())
                        .set("CIRCUIT_BREAKER_ENABLED", "false")
                        .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                        .start()) {
            assertThat(stranger.lookup("items", "key-1").status()).isEqualTo(200);
            assertThat(stranger.delete("/caches/items/entries/key-1").status()).isEqualTo(503);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                var health = stranger.manage("/observe/health");
                                assertThat(health.status()).isEqualTo(503);
                                assertThat(health.text()).contains("REDIS_TLS");
                            });
        }
    }

    @Test
    void whoDoesNotEncryptIsToldTheSetting() {
        try (var stranger =
                Instance.on(redis)
                        .set("CIRCUIT_BREAKER_ENABLED", "false")
                        .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                        .start()) {
            assertThat(stranger.lookup("items", "key-2").status()).isEqualTo(200);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(stranger.manage("/observe/health").text())
                                            .contains("REDIS_TLS"));
        }
    }
}
