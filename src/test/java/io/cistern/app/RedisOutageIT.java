package io.cistern.app;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis killed, frozen, or away at start-up: lookups go on, and all heals by itself. */
class RedisOutageIT {

    private static final String ERRORS = "cistern_redis_errors_total{kind=\"%s\"}";

    private CountingOrigin origin;
    private RedisServer redis;
    private Instance instance;

    @BeforeEach
    void open() throws Exception {
        origin = new CountingOrigin();
    }

    @AfterEach
    void stop() throws Exception {
        if (instance != null) {
            instance.close();
        }
        redis.close();
        origin.close();
    }

    private Instance instance() {
        return Instance.on(redis)
                .set("REDIS_SOCKET_TIMEOUT", "500ms")
                .route("items", Routes.http("items", origin, Map.of("ttl", "10m")))
                .route(
                        "strict",
                        Routes.http("strict", origin, Map.of("ttl", "10m", "whenCut", "bypass")))
                .start();
    }

    private void awaitHealth(int status) {
        await().atMost(Duration.ofSeconds(15))
                .until(() -> instance.manage("/observe/health").status() == status);
    }

    private long stored() {
        return redis.ask(commands -> commands.keys("*").stream().filter(this::isEntry).count());
    }

    private boolean isEntry(String key) {
        return key.contains("items");
    }

    private void assertAlive() {
        assertThat(instance.manage("/observe/health/live").status()).isEqualTo(200);
        assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
    }

    private void assertDown() {
        var health = instance.manage("/observe/health").json();
        assertThat(health.path("status").asText()).isEqualTo("DOWN");
        assertThat(health.path("checks"))
                .anySatisfy(
                        check -> {
                            assertThat(check.path("name").asText()).isEqualTo("redis");
                            assertThat(check.path("status").asText()).isEqualTo("DOWN");
                        });
    }

    @Test
    void lookupsGoOnWhileRedisIsKilledAndAllHealsAfterwards() throws Exception {
        redis = RedisServer.start();
        instance = instance();
        instance.lookup("items", "warm");
        awaitHealth(200);
        redis.kill();

        assertThat(instance.lookup("items", "warm").cacheStatus()).contains("detail=near");
        assertThat(instance.lookup("items", "cold").status()).isEqualTo(200);
        assertThat(instance.lookup("items", "cold").cacheStatus()).contains("detail=near");
        awaitHealth(503);
        assertDown();
        assertAlive();
        var put = instance.put(entry("items", "warm"), "x");
        var delete = instance.delete(entry("items", "warm"));
        var all = instance.delete("/caches/items/entries");
        for (var change : new Answer[] {put, delete, all}) {
            assertThat(change.isProblem(503)).isTrue();
            assertThat(change.header("Retry-After")).isEqualTo("1");
        }
        await().until(() -> instance.metrics().get(ERRORS.formatted("connection")) > 0);

        redis.bringBack();
        awaitHealth(200);
        // What is near may have missed changes of others, so it is loaded again.
        await().until(() -> !instance.lookup("items", "warm").cacheStatus().contains("hit"));
        instance.lookup("items", "after");
        await().until(() -> stored() > 0);
        assertThat(instance.put(entry("items", "warm"), "x").status()).isEqualTo(204);
    }

    @Test
    void frozenRedisHoldsNobodyUp() throws Exception {
        redis = RedisServer.start();
        instance = instance();
        instance.lookup("items", "warm");
        redis.freeze();

        var warm = instance.lookup("items", "warm");
        var cold = instance.lookup("items", "cold");
        assertThat(warm.cacheStatus()).contains("detail=near");
        assertThat(warm.took()).isLessThan(Duration.ofMillis(400));
        assertThat(cold.status()).isEqualTo(200);
        assertThat(cold.took()).isLessThan(Duration.ofSeconds(8));
        awaitHealth(503);
        assertDown();
        assertAlive();
        // Known to be away, it is not asked any more.
        assertThat(instance.lookup("items", "colder").status()).isEqualTo(200);
        assertThat(instance.put(entry("items", "warm"), "x").isProblem(503)).isTrue();

        redis.thaw();
        awaitHealth(200);
        await().until(() -> instance.put(entry("items", "warm"), "x").status() == 204);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersSayThatNobodyKnowsWhatWasInvalidated(boolean frozen) throws Exception {
        redis = RedisServer.start();
        instance = instance();
        for (var cache : List.of("items", "strict")) {
            instance.lookup(cache, "warm");
            assertThat(instance.lookup(cache, "warm").cacheStatus()).doesNotContain("cut");
        }
        if (frozen) {
            redis.freeze();
        } else {
            redis.kill();
        }

        await().untilAsserted(
                        () ->
                                assertThat(instance.lookup("items", "warm").cacheStatus())
                                        .endsWith("detail=near; cut"));
        var before = origin.calls("warm");
        await().untilAsserted(
                        () ->
                                assertThat(instance.lookup("strict", "warm").cacheStatus())
                                        .isEqualTo("cistern; fwd=bypass; cut"));
        assertThat(origin.calls("warm")).isGreaterThan(before);
        var counted = instance.metrics();
        for (var cache : List.of("items", "strict")) {
            assertThat(counted.get("cistern_cut_answers_total{cache=\"%s\"}".formatted(cache)))
                    .isPositive();
            assertThat(instance.statistic(cache, "cutAnswers")).isPositive();
        }

        if (frozen) {
            redis.thaw();
        } else {
            redis.bringBack();
        }
        await().untilAsserted(
                        () -> {
                            for (var cache : List.of("items", "strict")) {
                                assertThat(instance.lookup(cache, "warm").cacheStatus())
                                        .endsWith("detail=near");
                            }
                        });
    }

    @Test
    void startsWithoutRedisAndFindsItLater() throws Exception {
        redis = RedisServer.away();
        instance = instance();

        assertThat(instance.lookup("items", "1").status()).isEqualTo(200);
        assertThat(instance.lookup("items", "1").cacheStatus()).endsWith("detail=near; cut");
        assertThat(instance.manage("/observe/health").status()).isEqualTo(503);
        assertDown();
        assertAlive();

        redis.bringBack();
        awaitHealth(200);
        await().until(
                        () -> {
                            instance.lookup("items", "1");
                            return stored() > 0;
                        });
    }
}
