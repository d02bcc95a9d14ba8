package io.cistern.app;

import static io.cistern.app.Instance.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Redis that is not ours, or holds what is not ours: lookups go on, and somebody is told. */
class StrangeRedisIT {

    private static final String UNDECODABLE = "cistern_redis_errors_total{kind=\"undecodable\"}";
    private static final String NAME = "cistern:{items:0}:e:";

    private CountingOrigin origin;
    private RedisServer redis;
    private Instance instance;

    @BeforeEach
    void open() throws Exception {
        origin = new CountingOrigin();
        redis = RedisServer.start();
    }

    @AfterEach
    void stop() throws Exception {
        instance.close();
        redis.close();
        origin.close();
    }

    private void start(Map<String, String> options) {
        instance = Instance.on(redis).route("items", Routes.http("items", origin, options)).start();
    }

    private void redis(Consumer<RedisCommands<String, String>> change) {
        redis.ask(
                commands -> {
                    change.accept(commands);
                    return null;
                });
    }

    private void awaitHealth(String status, String reason) {
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(
                        () ->
                                assertThat(instance.manage("/observe/health").json().path("checks"))
                                        .anySatisfy(
                                                check -> {
                                                    assertThat(check.path("name").asText())
                                                            .isEqualTo("redis");
                                                    assertThat(check.path("status").asText())
                                                            .isEqualTo(status);
                                                    assertThat(check.toString()).contains(reason);
                                                }));
    }

    private void assertLookupsGoOn() {
        assertThat(instance.lookup("items", "warm").status()).isEqualTo(200);
        for (var key : new String[] {"cold-1", "cold-2"}) {
            assertThat(instance.lookup("items", key).status()).isEqualTo(200);
        }
        assertThat(instance.delete(entry("items", "warm")).isProblem(503)).isTrue();
        assertThat(instance.manage("/observe/health/ready").status()).isEqualTo(200);
    }

    @Test
    void aWrongPasswordShowsInHealth() {
        redis(commands -> commands.configSet("requirepass", "another"));
        start(Map.of("ttl", "10m"));

        awaitHealth("DOWN", "authentication failed");
        assertLookupsGoOn();
    }

    @Test
    void aRedisThatBecomesAReplicaShowsInHealth() {
        start(Map.of("ttl", "10m"));
        instance.lookup("items", "warm");
        redis(commands -> commands.replicaof("127.0.0.1", Instance.freePort()));

        // A connection that took changes before tells only when one is refused.
        await().until(() -> instance.delete(entry("items", "warm")).isProblem(503));
        awaitHealth("DOWN", "read-only replica");
        assertLookupsGoOn();

        redis(RedisCommands::replicaofNoOne);
        awaitHealth("UP", "");
        await().until(() -> instance.delete(entry("items", "warm")).status() == 204);
    }

    @Test
    void aRedisThatIsFullShowsInHealth() {
        start(Map.of("ttl", "10m"));
        instance.lookup("items", "warm");
        redis(commands -> commands.configSet("maxmemory-policy", "noeviction"));
        redis(commands -> commands.configSet("maxmemory", "1"));

        // A connection that took changes before tells only when one is refused.
        await().until(() -> instance.delete(entry("items", "warm")).isProblem(503));
        awaitHealth("DOWN", "out of memory");
        assertLookupsGoOn();

        redis(commands -> commands.configSet("maxmemory", "0"));
        awaitHealth("UP", "");
        await().until(() -> instance.delete(entry("items", "warm")).status() == 204);
    }

    @Test
    void whatIsNoEntryIsAMissAndCountedAndOverwritten() {
        start(Map.of("ttl", "10m", "near", "off"));
        redis(
                commands -> {
                    commands.set(NAME + "text", "what somebody else keeps here for himself");
                    commands.hset(NAME + "hash", "field", "value");
                });
        for (var key : new String[] {"text", "hash"}) {
            var before = instance.metrics().get(UNDECODABLE);
            var first = instance.lookup("items", key);

            assertThat(first.status()).isEqualTo(200);
            assertThat(first.cacheStatus()).isEqualTo("cistern; fwd=uri-miss; stored");
            var counted = instance.metrics().get(UNDECODABLE);
            assertThat(counted).as(key).isGreaterThan(before);
            assertThat(instance.lookup("items", key).cacheStatus()).contains("detail=shared");
            assertThat(instance.metrics()).containsEntry(UNDECODABLE, counted);
            assertThat(origin.calls(key)).isOne();
        }
    }

    @Test
    void aDamagedEntryIsAMissAndCountedAndOverwritten() {
        start(Map.of("ttl", "10m", "near", "off"));
        instance.lookup("items", "damaged");
        redis(commands -> commands.setrange(NAME + "damaged", 30, "XX"));

        assertThat(instance.lookup("items", "damaged").cacheStatus())
                .isEqualTo("cistern; fwd=uri-miss; stored");
        assertThat(instance.metrics().get(UNDECODABLE)).isPositive();
        assertThat(instance.lookup("items", "damaged").json().path("count").asInt()).isEqualTo(2);
    }
}
